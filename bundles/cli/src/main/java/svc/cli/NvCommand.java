package svc.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import svc.ipc.Message;
import svc.nv.NvDump;
import svc.nv.NvList;

/** Looks at the wire format and speaks it by hand. */
@Command(
    name = "nv",
    description = "Name/value lists, svc's wire format: show, rewrite, send.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class NvCommand extends Subcommand {

  @Spec CommandSpec spec;

  NvCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "expected dump, repack or call");
  }

  /** Flags as nvlist_unpack(3) takes them; not given, those of the header are right. */
  private int flags(Integer given) {
    if (given == null) return NvList.ANY_FLAGS;
    if (given < 0 || given > (NvList.IGNORE_CASE | NvList.NO_UNIQUE))
      throw new ParameterException(spec.commandLine(), "--flags: expected 0 to 3, found " + given);
    return given;
  }

  private void write(NvList list) throws Failure {
    try {
      NvDump.write(list, session.out());
    } catch (IOException e) {
      throw Failure.silent();
    }
  }

  @Command(
      name = "dump",
      description = "Prints packed lists as nvlist_fdump(3) does, one after the other.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  int dump(
      @Option(
              names = "--flags",
              paramLabel = "N",
              description = {
                "Refuse lists with other flags: 0, 1 (ignore case), 2 (names not unique), 3.",
                "Not given, the header says."
              })
          Integer flags,
      @Parameters(
              arity = "1..*",
              paramLabel = "FILE",
              description = "Files of one list or several; - is standard input.")
          List<String> files)
      throws Failure {
    for (String file : files) {
      Packets packets = Packets.open(session, file, flags(flags));
      for (NvList list = packets.next(); list != null; list = packets.next()) write(list);
    }
    session.flush();
    return 0;
  }

  @Command(
      name = "repack",
      description = "Reads packed lists and writes them again, in canonical form.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  int repack(
      @Option(
              names = "--flags",
              paramLabel = "N",
              description = "Refuse lists with other flags; not given, the header says.")
          Integer flags,
      @Parameters(paramLabel = "IN", description = "A file of lists; - is standard input.")
          String in,
      @Parameters(paramLabel = "OUT", description = "The file to write; - is standard output.")
          String out)
      throws Failure {
    Packets packets = Packets.open(session, in, flags(flags));
    List<NvList> lists = new ArrayList<>();
    for (NvList list = packets.next(); list != null; list = packets.next()) lists.add(list);
    try {
      if (out.equals("-")) {
        for (NvList list : lists) session.out().write(list.pack());
        session.flush();
      } else {
        save(lists, Path.of(out));
      }
    } catch (IOException e) {
      throw Failure.file(out, e);
    }
    return 0;
  }

  private static void save(List<NvList> lists, Path file) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file)) {
      for (NvList list : lists) stream.write(list.pack());
    }
  }

  @Command(
      name = "call",
      description = {
        "Sends one request and prints the reply.",
        "A value true or false is a BOOL, digits are a NUMBER, anything else is a STRING.",
        "A key that is given several times makes a STRING ARRAY; KEY[]=VALUE makes one of one."
      },
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  int call(
      @Parameters(paramLabel = "SOCKET", description = "The socket to connect to.") Path socket,
      @Parameters(paramLabel = "METHOD", description = "The method, as status.") String method,
      @Parameters(arity = "0..*", paramLabel = "KEY=VALUE", description = "The body.")
          List<String> body)
      throws Failure {
    Map<String, List<String>> pairs = pairs(body == null ? List.of() : body);
    try (Client client = Client.connect(socket)) {
      NvList.Builder request = request(client, method, pairs);
      Message reply = client.exchange(request, Client.FOREVER);
      write(reply.list());
      session.flush();
      if (reply.ok()) return 0;
      String text = Text.line(reply.errorText());
      throw Failure.failed(reply.error() + (text.isEmpty() ? "" : ": " + text));
    }
  }

  private Map<String, List<String>> pairs(List<String> body) {
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    for (String word : body) {
      int equals = word.indexOf('=');
      if (equals < 0)
        throw new ParameterException(spec.commandLine(), "expected KEY=VALUE, found " + word);
      pairs
          .computeIfAbsent(word.substring(0, equals), key -> new ArrayList<>())
          .add(word.substring(equals + 1));
    }
    return pairs;
  }

  private static NvList.Builder request(
      Client client, String method, Map<String, List<String>> pairs) throws Failure {
    try {
      NvList.Builder request = client.request(method);
      pairs.forEach((key, values) -> add(request, key, values));
      return request;
    } catch (IllegalArgumentException e) {
      throw Failure.usage("cannot be sent: " + Text.line(e.getMessage()));
    }
  }

  private static void add(NvList.Builder request, String key, List<String> values) {
    if (key.endsWith("[]")) request.strings(key.substring(0, key.length() - 2), values);
    else if (values.size() > 1) request.strings(key, values);
    else add(request, key, values.get(0));
  }

  private static void add(NvList.Builder request, String key, String value) {
    if (value.equals("true") || value.equals("false")) request.bool(key, value.equals("true"));
    else if (Digits.are(value)) request.number(key, Digits.unsigned(value));
    else request.string(key, value);
  }
}
