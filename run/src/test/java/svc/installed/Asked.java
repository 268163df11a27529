package svc.installed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvException;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.nv.NvPair;

/**
 * Asks a manager from the test's own process. What is waited for is asked for again and again, and
 * a JVM for each question would take the processor from what is waited for.
 */
public final class Asked {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private Asked() {}

  /** One service with the names of the wire; missing when there is none, or nobody answers. */
  static JsonNode status(Path socket, String service) {
    NvList.Builder request =
        Message.request(1, Method.STATUS).strings("services", List.of(service));
    return ask(socket, request).path("services").path(0);
  }

  /**
   * What a manager, or whoever listens there, answers, with the names of the wire; missing when
   * nobody does.
   */
  public static JsonNode ask(Path socket, String method) {
    return ask(socket, Message.request(1, method));
  }

  private static JsonNode ask(Path socket, NvList.Builder request) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(request.build().pack()));
      return json(answer(channel).list());
    } catch (IOException nobody) {
      return MissingNode.getInstance();
    } catch (NvException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The next message.
   *
   * @throws EOFException when the other end closes before it is complete
   */
  public static Message answer(SocketChannel channel) throws IOException, NvException {
    ByteBuffer header = fill(channel, NvHeader.SIZE);
    int size = NvHeader.read(header, NvLimits.DEFAULT).packetSize();
    ByteBuffer packet = ByteBuffer.allocate(size).put(header.rewind());
    packet.put(fill(channel, size - NvHeader.SIZE));
    return Message.of(NvList.unpack(packet.flip(), NvLimits.DEFAULT));
  }

  private static ByteBuffer fill(SocketChannel channel, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    while (bytes.hasRemaining()) if (channel.read(bytes) < 0) throw new EOFException();
    return bytes.flip();
  }

  private static ObjectNode json(NvList list) {
    ObjectNode object = JSON.objectNode();
    for (NvPair pair : list.pairs()) object.set(pair.name(), json(pair));
    return object;
  }

  /** As a parser makes it. */
  private static JsonNode number(long value) {
    return value == (int) value ? JSON.numberNode((int) value) : JSON.numberNode(value);
  }

  private static ArrayNode texts(List<?> texts) {
    ArrayNode array = JSON.arrayNode();
    for (Object text : texts) array.add((String) text);
    return array;
  }

  private static ArrayNode lists(List<?> lists) {
    ArrayNode array = JSON.arrayNode();
    for (Object list : lists) array.add(json((NvList) list));
    return array;
  }

  private static JsonNode json(NvPair pair) {
    Object value = pair.value();
    return switch (pair.type()) {
      case BOOL -> JSON.booleanNode((Boolean) value);
      case NUMBER -> number((Long) value);
      case STRING -> JSON.textNode((String) value);
      case NVLIST -> json((NvList) value);
      case STRING_ARRAY -> texts((List<?>) value);
      case NVLIST_ARRAY -> lists((List<?>) value);
      default -> throw new AssertionError(pair.name() + " is a " + pair.type());
    };
  }
}
