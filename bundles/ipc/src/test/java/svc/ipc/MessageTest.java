package svc.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.nv.NvList;
import svc.nv.NvPair;

class MessageTest {

  @Test
  void aRequestHasTheFourPairsInTheirOrder() {
    NvList request = Message.request(7, "status").build();
    assertEquals(
        List.of("ipc:version", "ipc:id", "ipc:method", "ipc:reply"),
        request.pairs().stream().map(NvPair::name).map(Object::toString).toList());
    assertEquals(1, request.number("ipc:version", 0));
  }

  @Test
  void anAnswerHasTheIdAndTheMethodOfItsRequest() {
    Message answer = Message.of(Message.of(Message.request(7, "stop").build()).answer().build());
    assertEquals(7, answer.id());
    assertEquals("stop", answer.method());
    assertTrue(answer.reply());
    assertTrue(answer.ok());
  }

  @Test
  void aRefusalSaysWhatAndWhy() {
    Message request = Message.of(Message.request(7, "stop").build());
    Message refusal = Message.of(request.refusal(ErrorCode.NO_SERVICE, "no service x"));
    assertEquals(7, refusal.id());
    assertEquals(ErrorCode.NO_SERVICE, refusal.error());
    assertEquals("no service x", refusal.errorText());
    assertFalse(refusal.ok());
  }

  @Test
  void anEnvelopeThatLacksAPairOrHasAnotherTypeIsInvalid() {
    for (String missing : List.of("ipc:version", "ipc:id", "ipc:method", "ipc:reply")) {
      NvList.Builder list = NvList.builder();
      NvList.Builder other = NvList.builder();
      for (NvPair pair : Message.request(7, "status").build().pairs()) {
        if (!pair.name().toString().equals(missing)) list.add(pair);
        if (!pair.name().toString().equals(missing)) other.add(pair);
      }
      assertEquals(ErrorCode.INVALID, Message.of(list.build()).error(), missing);
      assertEquals(ErrorCode.INVALID, Message.of(other.nul(missing).build()).error(), missing);
    }
  }

  @Test
  void whatIsNoRequestIsRefused() {
    Message request = Message.of(Message.request(7, "stop").build());
    assertNull(request.misuse());
    Message reply = Message.of(request.answer().build());
    Message error = Message.of(request.refusal(ErrorCode.FAILED, "why"));
    Message broken = Message.of(NvList.builder().string("ipc:method", "stop").build());
    assertEquals(ErrorCode.IS_REPLY, Message.of(reply.misuse()).error());
    assertEquals(ErrorCode.IS_REPLY, Message.of(error.misuse()).error());
    assertEquals(ErrorCode.INVALID, Message.of(broken.misuse()).error());
    NvList blamed = Message.request(7, "stop").number("ipc:error_code", 3).build();
    assertEquals(ErrorCode.INVALID, Message.of(Message.of(blamed).misuse()).error());
  }

  @Test
  void anUnknownErrorIsAFailure() {
    assertEquals(ErrorCode.FAILED, ErrorCode.of(99));
    assertEquals(ErrorCode.FAILED, ErrorCode.of(-1));
    for (ErrorCode code : ErrorCode.values()) assertEquals(code, ErrorCode.of(code.number()));
  }

  @Test
  void theFirstFourNumbersAreThoseOfTheCProgram() {
    assertEquals(1, ErrorCode.INVALID.number());
    assertEquals(2, ErrorCode.IS_REPLY.number());
    assertEquals(3, ErrorCode.NO_METHOD.number());
  }
}
