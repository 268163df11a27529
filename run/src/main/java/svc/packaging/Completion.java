package svc.packaging;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import svc.os.Signal;

/**
 * What shells complete a program's words with. Options and commands are known at build time; the
 * services and types are asked for at the moment, of the manager that the line names.
 */
final class Completion {

  private static final String SERVICE = "SERVICE";
  private static final String SIGNAL = "SIGNAL";

  private Completion() {}

  static String bash(CommandLine program) {
    String name = program.getCommandName();
    String script = AutoComplete.bash(name, program);
    if (program.getSubcommands().isEmpty()) return script;
    String own = "complete -F _complete_" + name + " ";
    if (!script.contains(own)) throw new IllegalStateException("no line begins with " + own);
    return script.replace(own, names(program) + "\ncomplete -F " + function(program) + " ");
  }

  /** zsh runs bash's, which brings along what it needs of bash. */
  static String zsh(CommandLine program) {
    String name = program.getCommandName();
    // the file is the body of a function that zsh calls at the first completion, and never again
    String now = "_bash_complete -o default -F " + function(program) + "\n";
    return "#compdef " + name + "\n" + bash(program) + "\n" + now;
  }

  /** What completes a line of the program. */
  private static String function(CommandLine program) {
    String function = "_complete_" + program.getCommandName();
    return program.getSubcommands().isEmpty() ? function : function + "_with_names";
  }

  private static String names(CommandLine program) {
    return """
        # The first words of all lines but the first that a command of %1$s prints.
        function _%1$s_names() {
          local name rest
          "${COMP_WORDS[0]}" "$@" 2>/dev/null | {
            read -r name rest
            while read -r name rest; do echo "$name"; done
          }
        }

        # What stands for something that is there at the moment; fails where that is nothing.
        function _%1$s_words() {
          [ "$COMP_CWORD" -ge 2 ] || return 1
          local command="${COMP_WORDS[1]}" previous="${COMP_WORDS[COMP_CWORD-1]}" names="" i
          local manager="${SVC_SOCKET:-}" current="${COMP_LINE:0:$COMP_POINT}"
          current="${current##*[[:space:]]}"
          for ((i = 2; i < COMP_CWORD; i++)); do
            [ "${COMP_WORDS[i]}" = --socket ] && manager="${COMP_WORDS[i+1]}"
            [ "$manager" = "=" ] && manager="${COMP_WORDS[i+2]}"
          done
          [ -z "$manager" ] || local -x SVC_SOCKET="$manager"
          case "$command $previous" in
            %2$s) names="%3$s" ;;
            "help type") names="$(_%1$s_names types)" ;;
            *)
              [ "${current:0:1}" != - ] || return 1
              case "$command" in
                %4$s) names="$(_%1$s_names status)" ;;
                *) return 1 ;;
              esac ;;
          esac
          COMPREPLY=( $(compgen -W "$names" -- "$current") )
          # to bash a word begins with its @
          if [ -n "${BASH_VERSION:-}" ] && [ "$current" != "${current%%@*}" ]; then
            COMPREPLY=( "${COMPREPLY[@]#"${current%%@*}"}" )
          fi
        }

        function %5$s() {
          COMPREPLY=()
          _%1$s_words || _complete_%1$s
        }
        """
        .formatted(
            program.getCommandName(),
            String.join(" | ", signalOptions(program)),
            String.join(" ", Signal.names()),
            String.join(" | ", commandsWithServices(program)),
            function(program));
  }

  /** As {@code "kill -s"}. */
  private static List<String> signalOptions(CommandLine program) {
    List<String> options = new ArrayList<>();
    for (CommandLine command : commands(program)) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (!isFor(SIGNAL).test(option)) continue;
        for (String name : option.names())
          options.add('"' + command.getCommandName() + " " + name + '"');
      }
    }
    return options;
  }

  private static List<String> commandsWithServices(CommandLine program) {
    List<String> names = new ArrayList<>();
    for (CommandLine command : commands(program)) {
      boolean any =
          command.getCommandSpec().positionalParameters().stream().anyMatch(isFor(SERVICE));
      if (any) names.add(command.getCommandName());
    }
    return names;
  }

  private static Predicate<ArgSpec> isFor(String label) {
    return argument -> argument.paramLabel().equals(label);
  }

  private static Iterable<CommandLine> commands(CommandLine program) {
    return new LinkedHashSet<>(program.getSubcommands().values());
  }
}
