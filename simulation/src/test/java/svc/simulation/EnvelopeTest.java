package svc.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.manager.Intake;
import svc.manager.Manager;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.nv.NvList;
import svc.service.Declaration;
import svc.supervise.Supervise;
import svc.supervise.logic.ChildSetup;

/** What both roles make of a message that is no request. */
final class EnvelopeTest {

  private static final NvList REPLY =
      new Message(7, Method.STATUS, true, ErrorCode.OK, NvList.EMPTY).answer().build();
  private static final NvList BROKEN = NvList.builder().string("ipc:method", "status").build();

  private final Graph graph = Graph.of(List.of(new Declaration("s", "/s.ini", List.of())));
  private final Machine machine =
      new Machine(
          new Random(1),
          Faults.NONE,
          Sabotage.NONE,
          Cgroups.Support.NONE,
          new Trace(),
          new Rules(graph, Map.of()));
  private final SimulatedKernel kernel =
      machine.boot(machine.create(Map.of(), List.of("svc-manager"), 1));

  private Supervise supervise() {
    return new Supervise(
        kernel,
        new ChildSetup(Simulation.MARK, "main", List.of(), "/run", "/log"),
        "/status",
        "/exits",
        "/notices",
        status -> {});
  }

  private Manager manager() {
    return new Manager(
        kernel,
        (path, responder) -> {
          throw new IOException(path);
        },
        new Intake(kernel, "/run", List.of("/"), List::of, type -> null),
        new Configuration(Map.of("s", graph.declaration("s")), List.of()),
        "s",
        new Manager.Place(List.of("svc-supervise"), "/run", "/log", List.of(), Simulation.MARK),
        Set.of(),
        type -> null,
        new SimulatedWorld(),
        state -> {},
        status -> {});
  }

  @Test
  void aReplyIsRefusedAsOne() {
    assertEquals(ErrorCode.IS_REPLY, answer(supervise(), REPLY).error());
    assertEquals(ErrorCode.IS_REPLY, answer(manager(), REPLY).error());
    assertEquals(7, answer(manager(), REPLY).id());
  }

  @Test
  void anIncompleteEnvelopeIsInvalid() {
    assertEquals(ErrorCode.INVALID, answer(supervise(), BROKEN).error());
    assertEquals(ErrorCode.INVALID, answer(manager(), BROKEN).error());
  }

  @Test
  void anUnknownMethodIsRefused() {
    NvList request = Message.request(8, "dance").build();
    assertEquals(ErrorCode.NO_METHOD, answer(supervise(), request).error());
    assertEquals(ErrorCode.NO_METHOD, answer(manager(), request).error());
  }

  private Message answer(Responder role, NvList message) {
    List<NvList> answers = new ArrayList<>();
    role.received(
        new Peer() {
          @Override
          public String id() {
            return "test";
          }

          @Override
          public boolean send(NvList answer) {
            return answers.add(answer);
          }

          @Override
          public void close() {}
        },
        message);
    kernel.work();
    assertEquals(1, answers.size());
    return Message.of(answers.get(0));
  }
}
