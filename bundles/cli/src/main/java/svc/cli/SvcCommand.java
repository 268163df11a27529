package svc.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code svc} itself; its commands are added by {@link Main}. */
@Command(
    name = "svc",
    description = "Brings services up, keeps them up, and takes them down in order.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit status: 0 done, 1 failed, 2 usage, 3 no such service or not in that state,",
      "4 the manager cannot be reached."
    })
final class SvcCommand implements Runnable {

  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command");
  }
}
