package gongbei.verifier.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gongbei.testing.Patience;
import gongbei.verifier.TestNode;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That a node keeps the rule of devices' ids, whatever a device's own code does. */
final class DeviceIdRefusalTest {
  @Test
  void aDeviceWhoseIdHasOtherCharactersIsNotLetInEvenWhereEveryDeviceIs() throws Exception {
    try (TestNode node = new TestNode()) {
      for (final String id : List.of("", "gate 7", "gate\n7", "gate,7", "x".repeat(65))) {
        try (DeviceSocket socket = new DeviceSocket(null, node.tcpAddress(), Patience.MILLIS)) {
          final byte[] answer = socket.greet(DeviceSocket.hello(id, new byte[0]));
          assertEquals(GoodbyeCode.BAD_CREDENTIAL, DeviceSocket.goodbye(answer), id);
          assertNull(socket.receive(), id);
        }
      }
      for (final String id : List.of("GD/metro/line-3@east:2_b.1", "x".repeat(64))) {
        try (DeviceSocket socket = new DeviceSocket(null, node.tcpAddress(), Patience.MILLIS)) {
          assertEquals(
              WelcomeDecoder.TEMPLATE_ID,
              DeviceSocket.template(socket.greet(DeviceSocket.hello(id, new byte[0]))),
              id);
        }
      }
    }
  }
}
