package svc.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import svc.cli.ServiceGraph.Edge;
import svc.cli.ServiceGraph.Kind;

/**
 * Where the boxes and lines of a graph go: in layers, each service below those that need it
 * (Sugiyama, Tagawa and Toda 1981). An edge over several layers bends around what is between by way
 * of a place of its own in each. Within a layer places are sorted by where their neighbours are,
 * and then moved towards them. Pixels.
 */
final class GraphLayout {

  static final int LAYER = 78;
  static final int BOX = 34;
  private static final int MARGIN = 24;
  private static final int GAP = 22;
  private static final int BEND = 12;
  private static final double LETTER = 7.6;
  private static final int PADDING = 26;
  private static final int SWEEPS = 12;

  /** A box, or where an edge passes a layer. */
  static final class Place {
    final String service;
    final int layer;
    final double width;
    final List<Place> above = new ArrayList<>();
    final List<Place> below = new ArrayList<>();
    double x;

    Place(String service, int layer) {
      this.service = service;
      this.layer = layer;
      this.width = service.isEmpty() ? BEND : service.length() * LETTER + PADDING;
    }

    double y() {
      return MARGIN + layer * LAYER + BOX / 2.0;
    }
  }

  /** An edge with the places that it goes through, from its first to its last. */
  record Line(Edge edge, List<Place> places) {}

  final Map<String, Place> boxes = new LinkedHashMap<>();
  final List<Line> lines = new ArrayList<>();
  private final List<List<Place>> layers = new ArrayList<>();
  double width;
  double height;

  GraphLayout(ServiceGraph graph) {
    Map<String, Integer> ranks = ranks(graph);
    ranks.forEach((service, rank) -> boxes.put(service, place(service, rank)));
    for (Edge edge : graph.edges()) lines.add(line(edge));
    for (int sweep = 0; sweep < SWEEPS; sweep++) sort(sweep % 2 == 0);
    layers.forEach(GraphLayout::pack);
    for (int sweep = 0; sweep < SWEEPS; sweep++) move(sweep % 2 == 0);
    measure();
  }

  /** The longest way from where nothing leads to; edges that close a circle do not count. */
  private static Map<String, Integer> ranks(ServiceGraph graph) {
    Map<String, List<Edge>> leaving = graph.leaving();
    Map<String, Integer> open = new HashMap<>();
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (String service : graph.services().keySet()) ranks.put(service, 0);
    for (Edge edge : graph.edges()) if (downwards(edge)) open.merge(edge.to(), 1, Integer::sum);
    Deque<String> ready = new ArrayDeque<>();
    List<String> left = new ArrayList<>(ranks.keySet());
    for (String service : left) if (!open.containsKey(service)) ready.add(service);
    while (!left.isEmpty()) {
      String service = ready.isEmpty() ? left.get(0) : ready.remove();
      if (!left.remove(service)) continue;
      for (Edge edge : leaving.getOrDefault(service, List.of())) {
        if (!downwards(edge) || !left.contains(edge.to())) continue;
        ranks.merge(edge.to(), ranks.get(service) + 1, Math::max);
        if (open.merge(edge.to(), -1, Integer::sum) == 0) ready.add(edge.to());
      }
    }
    return ranks;
  }

  private static boolean downwards(Edge edge) {
    return edge.kind() != Kind.CONFLICTS;
  }

  private Place place(String service, int layer) {
    while (layers.size() <= layer) layers.add(new ArrayList<>());
    Place place = new Place(service, layer);
    layers.get(layer).add(place);
    return place;
  }

  private Line line(Edge edge) {
    Place from = boxes.get(edge.from());
    Place to = boxes.get(edge.to());
    List<Place> places = new ArrayList<>(List.of(from));
    if (downwards(edge)) {
      for (int layer = from.layer + 1; layer < to.layer; layer++) places.add(place("", layer));
      places.add(to);
      if (to.layer > from.layer) join(places);
    } else {
      places.add(to);
    }
    return new Line(edge, places);
  }

  private static void join(List<Place> places) {
    for (int i = 1; i < places.size(); i++) {
      places.get(i - 1).below.add(places.get(i));
      places.get(i).above.add(places.get(i - 1));
    }
  }

  // Within the layers

  private void sort(boolean down) {
    for (List<Place> layer : layers) for (int i = 0; i < layer.size(); i++) layer.get(i).x = i;
    for (int i = 0; i < layers.size(); i++) {
      List<Place> layer = layers.get(down ? i : layers.size() - 1 - i);
      Map<Place, Double> wishes = new HashMap<>();
      for (Place place : layer) wishes.put(place, wish(down ? place.above : place.below, place));
      layer.sort(Comparator.comparing(wishes::get));
      for (int at = 0; at < layer.size(); at++) layer.get(at).x = at;
    }
  }

  /** The middle of some neighbours; its own place where there are none. */
  private static double wish(List<Place> neighbours, Place own) {
    return neighbours.stream().mapToDouble(place -> place.x).average().orElse(own.x);
  }

  private static void pack(List<Place> layer) {
    double x = 0;
    for (Place place : layer) {
      place.x = x + place.width / 2;
      x += place.width + GAP;
    }
  }

  private void move(boolean down) {
    for (int i = 0; i < layers.size(); i++) {
      List<Place> layer = layers.get(down ? i : layers.size() - 1 - i);
      double[] wishes = new double[layer.size()];
      for (int at = 0; at < wishes.length; at++) {
        Place place = layer.get(at);
        wishes[at] = wish(down ? place.above : place.below, place);
      }
      spread(layer, wishes);
    }
  }

  /** Each as near to its wish as its neighbours let it: the middle of pushing either way. */
  private static void spread(List<Place> layer, double[] wishes) {
    int count = layer.size();
    double[] right = wishes.clone();
    double[] left = wishes.clone();
    for (int i = 1; i < count; i++)
      right[i] = Math.max(right[i], right[i - 1] + distance(layer.get(i - 1), layer.get(i)));
    for (int i = count - 2; i >= 0; i--)
      left[i] = Math.min(left[i], left[i + 1] - distance(layer.get(i), layer.get(i + 1)));
    for (int i = 0; i < count; i++) layer.get(i).x = (left[i] + right[i]) / 2;
  }

  private static double distance(Place left, Place right) {
    return (left.width + right.width) / 2 + GAP;
  }

  private void measure() {
    double least = 0;
    double most = 0;
    for (List<Place> layer : layers) {
      for (Place place : layer) {
        least = Math.min(least, place.x - place.width / 2);
        most = Math.max(most, place.x + place.width / 2);
      }
    }
    for (List<Place> layer : layers) for (Place place : layer) place.x += MARGIN - least;
    width = most - least + 2 * MARGIN;
    height = 2 * MARGIN + Math.max(0, layers.size() - 1) * LAYER + BOX;
  }
}
