package svc.posix;

import java.nio.file.Path;
import java.util.Arrays;
import svc.nv.DescriptorSockets.Connection;
import svc.nv.NvList;
import svc.nv.NvSocket;

/** The other process of {@link DescriptorsTest}: sends back what it was sent. */
final class DescriptorEcho {

  private DescriptorEcho() {}

  public static void main(String[] arguments) throws Exception {
    try (Connection connection = new JunixDescriptorSockets().connect(Path.of(arguments[0]))) {
      NvSocket socket = new NvSocket(connection);
      NvList request = socket.receive();
      int[] many = request.list("inner", NvList.EMPTY).descriptors("many");
      int[] all = Arrays.copyOf(many, many.length + 1);
      all[many.length] = request.descriptor("one", -1);
      socket.send(
          NvList.builder()
              .string("text", request.string("text", "") + " back")
              .descriptors("returned", all)
              .build());
    }
  }
}
