package svc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import svc.manager.DeclarationDirectory;
import svc.nv.NvDump;
import svc.nv.NvList;
import svc.service.Declaration.Entry;
import svc.service.DeclarationReader;
import svc.service.Source;

/**
 * The C program of this name, for the declarations of today: a list for each section, in which a
 * key may occur again. As there, a value of digits, or an empty one, is a NUMBER.
 */
@Command(
    name = "dump-inifile",
    description = "Prints a declaration file as a name/value list; meanings are not looked at.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DumpInifileCommand extends Subcommand {

  @Parameters(paramLabel = "FILE", description = "The file.")
  Path file;

  DumpInifileCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    try {
      Source read = DeclarationDirectory.readFile(file);
      // the file may have any name
      Source source = new Source("any", read.file(), read.text());
      DeclarationReader.Reading reading = DeclarationReader.read(source);
      if (!reading.problems().isEmpty())
        throw Failure.failed(Text.line(reading.problems().get(0).toString()));
      NvDump.write(list(reading.declaration().entries()), session.out());
    } catch (IOException e) {
      throw Failure.file(file, e);
    } catch (IllegalArgumentException e) {
      throw Failure.failed(file + ": no list can hold it: " + Text.line(e.getMessage()));
    }
    session.flush();
    return 0;
  }

  private static NvList list(Iterable<Entry> entries) {
    Map<String, NvList.Builder> sections = new LinkedHashMap<>();
    for (Entry entry : entries) {
      add(
          sections.computeIfAbsent(entry.section(), name -> NvList.builder(NvList.NO_UNIQUE)),
          entry);
    }
    NvList.Builder list = NvList.builder();
    sections.forEach((name, section) -> list.list(name, section.build()));
    return list.build();
  }

  private static void add(NvList.Builder section, Entry entry) {
    String value = entry.value();
    if (value.isEmpty()) section.number(entry.key(), 0);
    else if (Digits.are(value)) section.number(entry.key(), Digits.clamped(value));
    else section.string(entry.key(), value);
  }
}
