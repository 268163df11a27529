package svc.packaging;

import picocli.AutoComplete;
import picocli.CommandLine;

/** What shells complete a program's words with. */
final class Completion {

  private Completion() {}

  static String bash(CommandLine program) {
    return AutoComplete.bash(program.getCommandName(), program);
  }

  /** zsh runs bash's, which brings along what it needs of bash. */
  static String zsh(CommandLine program) {
    String name = program.getCommandName();
    String function = "_complete_" + name;
    // the file is the body of a function that zsh calls at the first completion, and never again
    String now = "_bash_complete -o default -F " + function + "\n";
    return "#compdef " + name + "\n" + bash(program) + "\n" + now;
  }
}
