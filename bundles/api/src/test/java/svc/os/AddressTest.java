package svc.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import svc.os.Address.Transport;

class AddressTest {

  private static Address of(String text) {
    return Address.parse(text).orElseThrow();
  }

  @Test
  void aUnixSocketIsAPathOrAnAbstractName() {
    assertEquals(
        new Address(Transport.UNIX, "/run/web.sock", new byte[0], 0), of("unix:/run/web.sock"));
    assertTrue(of("unix:/run/web.sock").isFile());
    assertEquals("@web", of("unix:@web").path());
    assertFalse(of("unix:@web").isFile());
  }

  @Test
  void aPathThatTheKernelHasNoRoomForIsNone() {
    assertTrue(Address.parse("unix:/" + "a".repeat(106)).isPresent());
    assertFalse(Address.parse("unix:/" + "a".repeat(107)).isPresent());
    assertFalse(Address.parse("unix:/" + "ä".repeat(54)).isPresent());
  }

  @Test
  void hostAndPort() {
    Address address = of("tcp:127.0.0.1:8080");
    assertEquals(Transport.TCP, address.transport());
    assertArrayEquals(new byte[] {127, 0, 0, 1}, address.host());
    assertEquals(8080, address.port());
    assertEquals(Transport.UDP, of("udp:10.0.0.1:53").transport());
    assertEquals(of("tcp:*:80"), of("tcp:[::]:80"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::1",
        "1::",
        "fe80::1:2",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "2001:db8::ff00:42:8329",
        "ABCD::0"
      })
  void addressesOfSixteenBytesAsJavaHasThem(String host) throws UnknownHostException {
    assertArrayEquals(InetAddress.getByName(host).getAddress(), of("tcp:[" + host + "]:80").host());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "tcp",
        "tcp:",
        "tcp:80",
        "tcp:localhost:80",
        "tcp:127.0.0.1",
        "tcp:127.0.0.1:",
        "tcp:127.0.0.1:0",
        "tcp:127.0.0.1:65536",
        "tcp:127.0.0.1:080",
        "tcp:127.0.0.1:-1",
        "tcp:256.0.0.1:80",
        "tcp:1.2.3:80",
        "tcp:1.2.3.4.5:80",
        "tcp:01.2.3.4:80",
        "tcp:::1:80",
        "tcp:[:::]:80",
        "tcp:[1::2::3]:80",
        "tcp:[1:2:3:4:5:6:7]:80",
        "tcp:[1:2:3:4:5:6:7:8:9]:80",
        "tcp:[1:2:3:4:5:6:7:8::]:80",
        "tcp:[g::]:80",
        "tcp:[12345::]:80",
        "tcp:[::1:80",
        "tcp:[]:80",
        "tcp:[1:]:80",
        "tcp:[:1]:80",
        "sctp:127.0.0.1:80",
        "unix:",
        "unix:@",
        "unix:web.sock",
        "unix:/run/",
        "unix:/a\0b",
        "UNIX:/a",
        " tcp:127.0.0.1:80"
      })
  void anythingElseIsNoAddress(String text) {
    assertFalse(Address.parse(text).isPresent());
  }
}
