package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineIdTest {

  @Test
  void isGivenByTheMakerOfTheContainerAsAUuid() {
    List<String> environment =
        List.of("HOME=/root", "container_uuid=1B4E28BA-2fa1-11d2-883f-0016d3cca427");
    assertEquals("1b4e28ba2fa111d2883f0016d3cca427", MachineId.given(environment));
  }

  @Test
  void isNotBelievedWhenItIsNone() {
    assertEquals("", MachineId.given(List.of("container_uuid=1b4e28ba")));
    assertEquals("", MachineId.given(List.of("container_uuid=" + "x".repeat(32))));
    assertEquals("", MachineId.given(List.of("HOME=/root")));
  }
}
