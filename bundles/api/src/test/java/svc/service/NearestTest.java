package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  private static final List<String> NAMES = List.of("nginx", "redis", "postgres");

  @Test
  void theNearestNameIsOffered() {
    assertEquals("; did you mean postgres?", Nearest.hint("postgers", NAMES));
    assertEquals("; did you mean redis?", Nearest.hint("reds", NAMES));
  }

  @Test
  void aFarNameIsNotOffered() {
    assertEquals("", Nearest.hint("mysql", NAMES));
    assertEquals("", Nearest.hint("", NAMES));
  }

  @Test
  void distanceCountsInsertionsDeletionsAndReplacements() {
    assertEquals(3, Nearest.distance("kitten", "sitting"));
    assertEquals(4, Nearest.distance("", "four"));
    assertEquals(0, Nearest.distance("same", "same"));
  }
}
