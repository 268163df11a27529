package svc.nv;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The system's part of {@link NvSocket}: one connected stream socket of the AF_UNIX family over
 * which open descriptors can travel beside bytes (SCM_RIGHTS, {@code unix(7)}).
 *
 * <p>All calls block. A call that is interrupted by a signal (EINTR) is repeated by the
 * implementation; a time limit, if the implementation has one, ends a call with an {@link
 * IOException}. One thread may read while another writes; no two threads may read or write at once.
 */
public interface DescriptorStream {
  /** The most descriptors that Linux takes in one message: SCM_MAX_FD, {@code unix(7)}. */
  int MAX_DESCRIPTORS_PER_MESSAGE = 253;

  /**
   * Reads at least one and at most {@code target.remaining()} bytes ({@code recv(2)}) and advances
   * the target's position by as many. It takes nothing from the socket beyond these bytes: the
   * kernel would otherwise merge the byte that carries descriptors into the data, and they would be
   * lost. The target has room for at least one byte.
   *
   * @param target whose remaining room is filled as far as there are bytes
   * @return the number of bytes read, or -1 when the peer has closed its side
   * @throws IOException when the stream fails or ends in the middle
   */
  int read(ByteBuffer target) throws IOException;

  /**
   * Writes all bytes from the source's position to its limit ({@code send(2)} with MSG_NOSIGNAL, as
   * often as it takes), and leaves its position at its limit.
   *
   * @param source whose remaining bytes are written
   * @throws IOException when the stream fails or ends in the middle
   */
  void write(ByteBuffer source) throws IOException;

  /**
   * Sends exactly one message ({@code sendmsg(2)}): the byte {@code data}, and with it, in one
   * SCM_RIGHTS control message, the descriptors {@code descriptors[from]} to {@code
   * descriptors[from + count - 1]} in this order. The descriptors stay open here.
   *
   * @param data the byte that they travel with
   * @param descriptors which stay open here
   * @param from index of the first
   * @param count 1 to {@link #MAX_DESCRIPTORS_PER_MESSAGE}
   * @throws IOException when the stream fails or ends in the middle
   */
  void sendDescriptors(byte data, int[] descriptors, int from, int count) throws IOException;

  /**
   * Receives exactly one byte of data ({@code recvmsg(2)} with MSG_CMSG_CLOEXEC), whatever its
   * value, and the descriptors that came with it. They are stored from {@code target[from]} on in
   * the order in which they were sent, are close-on-exec, and belong to the caller from the moment
   * this returns.
   *
   * <p>When more than {@code count} came (or the kernel cut them: MSG_CTRUNC), or when it fails in
   * any other way, the implementation closes whatever it had received with this byte and throws;
   * the caller then owns none of them.
   *
   * @param target where the descriptors are put
   * @param from index of the first
   * @param count room from {@code target[from]} on, 1 to {@link #MAX_DESCRIPTORS_PER_MESSAGE}
   * @return the number of descriptors stored, 0 when the byte came without any; -1 when the peer
   *     has closed its side
   * @throws IOException when the stream fails or ends in the middle
   */
  int receiveDescriptors(int[] target, int from, int count) throws IOException;

  /**
   * Closes a descriptor that {@link #receiveDescriptors} stored ({@code close(2)}). It is called
   * once for each, and only for those that no {@link NvList} was returned with.
   *
   * @param descriptor one that was received
   * @throws IOException when the stream fails or ends in the middle
   */
  void close(int descriptor) throws IOException;
}
