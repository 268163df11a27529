package svc.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.cli.GraphLayout.Place;
import svc.cli.ServiceGraph.Edge;
import svc.cli.ServiceGraph.Kind;
import svc.nv.NvList;
import svc.service.Nearest;
import svc.service.ServiceState;

@Command(
    name = "graph",
    description = {
      "Shows which service needs which, and how they are: as text, for dot(1), or as a picture.",
      "Text and picture leave out what follows from other edges."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class GraphCommand extends ClientCommand {

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      description = "Only these and what they lead to (default: all).")
  List<String> services;

  /** How it is shown. */
  static final class Form {
    @Option(names = "--dot", description = "In the language of Graphviz, with all edges.")
    boolean dot;

    @Option(names = "--svg", description = "As a picture.")
    boolean svg;
  }

  @ArgGroup Form form = new Form();

  GraphCommand(Session session) {
    super(session);
  }

  @Override
  boolean repeatable() {
    return true;
  }

  @Override
  int talk(Client client) throws Failure {
    ServiceGraph graph = ServiceGraph.of(status(client, List.of()).list().lists("services"));
    for (String name : services == null ? List.<String>of() : services) {
      if (graph.services().containsKey(name)) continue;
      String hint = Nearest.hint(name, graph.services().keySet());
      throw Failure.notPossible("no service " + Text.line(name) + hint);
    }
    if (services != null) graph = graph.from(services);
    if (form.dot) dot(graph);
    else if (form.svg) svg(graph.reduced());
    else text(graph.reduced());
    return 0;
  }

  // Text

  private void text(ServiceGraph graph) {
    Map<String, List<Edge>> leaving = graph.leaving();
    Set<String> shown = new HashSet<>();
    for (String root : services == null ? graph.roots() : services) {
      session.print(line(graph, root));
      if (shown.add(root)) below("", root, graph, leaving, shown);
    }
  }

  private void below(
      String indent,
      String service,
      ServiceGraph graph,
      Map<String, List<Edge>> leaving,
      Set<String> shown) {
    List<Edge> edges = leaving.getOrDefault(service, List.of());
    for (int i = 0; i < edges.size(); i++) {
      Edge edge = edges.get(i);
      boolean last = i == edges.size() - 1;
      boolean first = edge.kind() != Kind.CONFLICTS && shown.add(edge.to());
      boolean more = !first && edge.kind() != Kind.CONFLICTS && leaving.containsKey(edge.to());
      String words = indent + (last ? "└─ " : "├─ ") + edge.kind() + " ";
      session.print(words + line(graph, edge.to()) + (more ? " (see above)" : ""));
      if (first) below(indent + (last ? "   " : "│  "), edge.to(), graph, leaving, shown);
    }
  }

  private static String line(ServiceGraph graph, String service) {
    return Text.line(service + "  " + graph.services().get(service).string("state", "?"));
  }

  // dot(1)

  private void dot(ServiceGraph graph) {
    session.print("digraph svc {");
    session.print("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];");
    graph
        .services()
        .forEach(
            (name, service) ->
                session.print("  " + quoted(name) + " [fillcolor=\"" + fill(service) + "\"];"));
    for (Edge edge : graph.edges())
      session.print(
          "  " + quoted(edge.from()) + " -> " + quoted(edge.to()) + style(edge.kind()) + ";");
    session.print("}");
  }

  private static String quoted(String name) {
    return '"' + Text.line(name).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String style(Kind kind) {
    return switch (kind) {
      case REQUIRES -> "";
      case FOLLOWS -> " [style=bold]";
      case WANTS -> " [style=dashed]";
      case AFTER -> " [style=dotted]";
      case CONFLICTS -> " [dir=none, color=\"#c62828\"]";
    };
  }

  private static String fill(NvList service) {
    ServiceState state = ServiceState.of(service.string("state", ""));
    if (state == null) return "#ffffff";
    return switch (state) {
      case UP -> "#c8e6c9";
      case STARTING, STOPPING -> "#bbdefb";
      case BACKING_OFF -> "#ffe0b2";
      case FAILED -> "#ffcdd2";
      case NO_TYPE -> "#e1bee7";
      case SKIPPED -> "#f5f5f5";
      case DOWN -> "#eceff1";
    };
  }

  // SVG

  private void svg(ServiceGraph graph) {
    GraphLayout layout = new GraphLayout(graph);
    session.print(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\""
                + " height=\"%.0f\" font-family=\"sans-serif\" font-size=\"13\">",
            layout.width,
            layout.height,
            layout.width,
            layout.height));
    session.print(
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\""
            + " markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#546e7a\"/>"
            + "</marker></defs>");
    session.print("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    for (GraphLayout.Line line : layout.lines) session.print(path(line));
    layout.boxes.forEach((name, place) -> box(place, graph.services().get(name)));
    session.print("</svg>");
  }

  private void box(Place place, NvList service) {
    String state = escaped(service.string("state", "?"));
    String name = escaped(place.service);
    session.print(
        String.format(
            Locale.ROOT,
            "<g><title>%s is %s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\""
                + " rx=\"6\" fill=\"%s\" stroke=\"#546e7a\"/><text x=\"%.1f\" y=\"%.1f\""
                + " text-anchor=\"middle\">%s</text></g>",
            name,
            state,
            place.x - place.width / 2,
            place.y() - GraphLayout.BOX / 2.0,
            place.width,
            GraphLayout.BOX,
            fill(service),
            place.x,
            place.y() + 4.5,
            name));
  }

  /** From box to box in curves that are upright where they pass a layer. */
  private static String path(GraphLayout.Line line) {
    List<Place> places = line.places();
    double half = GraphLayout.BOX / 2.0;
    Place first = places.get(0);
    Place last = places.get(places.size() - 1);
    StringBuilder path = new StringBuilder();
    boolean down = last.layer > first.layer;
    double x = first.x;
    double y = first.y() + (down ? half : 0);
    path.append(String.format(Locale.ROOT, "M%.1f %.1f", x, y));
    for (Place next : places.subList(1, places.size())) {
      double to = next == last ? next.y() - (down ? half : 0) : next.y();
      double bend = down ? (to - y) / 2 : 40;
      path.append(
          String.format(
              Locale.ROOT,
              "C%.1f %.1f %.1f %.1f %.1f %.1f",
              x,
              y + bend,
              next.x,
              down ? to - bend : to + bend,
              next.x,
              to));
      x = next.x;
      y = to;
    }
    return "<path d=\"" + path + "\" fill=\"none\"" + stroke(line.edge().kind()) + "/>";
  }

  private static String stroke(Kind kind) {
    String tip = " marker-end=\"url(#tip)\"";
    return switch (kind) {
      case REQUIRES -> " stroke=\"#546e7a\" stroke-width=\"1.4\"" + tip;
      case FOLLOWS -> " stroke=\"#546e7a\" stroke-width=\"2.6\"" + tip;
      case WANTS -> " stroke=\"#546e7a\" stroke-dasharray=\"6 4\"" + tip;
      case AFTER -> " stroke=\"#90a4ae\" stroke-dasharray=\"2 3\"" + tip;
      case CONFLICTS -> " stroke=\"#c62828\" stroke-width=\"1.4\"";
    };
  }

  private static String escaped(String text) {
    return Text.line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
