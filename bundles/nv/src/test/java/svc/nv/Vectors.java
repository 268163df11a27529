package svc.nv;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The packets that were made by the C library, and what they are made of. */
final class Vectors {
  private Vectors() {}

  /** One vector; its text names it in a test's report. */
  record Vector(JsonNode json) {
    String id() {
      return json.get("id").asText();
    }

    NvList list() {
      return Vectors.list(json.get("list"));
    }

    /** The packet, or null when it is so long that only its hash is known. */
    byte[] packed() {
      return hex("packed");
    }

    byte[] hex(String key) {
      JsonNode value = json.get(key);
      return value == null || value.isNull() ? null : HexFormat.of().parseHex(value.asText());
    }

    @Override
    public String toString() {
      return id();
    }
  }

  static List<Vector> golden() {
    return vectors("golden/manifest.json", "vectors").toList();
  }

  static List<Vector> malformed() {
    return vectors("malformed/manifest.json", "vectors").toList();
  }

  static Stream<Vector> vectors(String file, String key) {
    return elements(read(file).get(key)).map(Vector::new);
  }

  static byte[] bytes(String file) {
    try (InputStream stream = Vectors.class.getResourceAsStream("/nv/" + file)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value that the manifest describes. */
  static NvList list(JsonNode json) {
    NvList.Builder builder = NvList.builder(json.get("flags").asInt());
    json.get("pairs").forEach(pair -> add(builder, pair));
    return builder.build();
  }

  private static void add(NvList.Builder builder, JsonNode pair) {
    NvText name = text(pair.get("name"));
    JsonNode value = pair.get("value");
    switch (NvType.valueOf(pair.get("type").asText().replace(' ', '_'))) {
      case NULL -> builder.nul(name);
      case BOOL -> builder.bool(name, value.asBoolean());
      case NUMBER -> builder.number(name, number(value));
      case STRING -> builder.string(name, text(value));
      case NVLIST -> builder.list(name, list(value));
      case BINARY -> builder.binary(name, binary(value));
      case BOOL_ARRAY -> builder.bools(name, bools(value));
      case NUMBER_ARRAY -> builder.numbers(name, numbers(value));
      case STRING_ARRAY -> builder.strings(name, all(value, Vectors::text));
      case NVLIST_ARRAY -> builder.lists(name, all(value, Vectors::list));
      case DESCRIPTOR, DESCRIPTOR_ARRAY -> throw new IllegalArgumentException(pair.toString());
    }
  }

  private static long number(JsonNode json) {
    return Long.parseUnsignedLong(json.asText());
  }

  private static long[] numbers(JsonNode json) {
    return elements(json).mapToLong(Vectors::number).toArray();
  }

  private static boolean[] bools(JsonNode json) {
    boolean[] values = new boolean[json.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = json.get(i).asBoolean();
    }
    return values;
  }

  private static NvText text(JsonNode json) {
    if (json.has("hex")) {
      return NvText.of(HexFormat.of().parseHex(json.get("hex").asText()));
    }
    return NvText.of(
        json.has("rep") ? json.get("rep").asText().repeat(json.get("n").asInt()) : json.asText());
  }

  private static byte[] binary(JsonNode json) {
    if (!json.has("lcg_seed")) {
      return HexFormat.of().parseHex(json.asText());
    }
    byte[] bytes = new byte[json.get("len").asInt()];
    int x = json.get("lcg_seed").asInt();
    for (int i = 0; i < bytes.length; i++) {
      x = x * 1664525 + 1013904223;
      bytes[i] = (byte) (x >>> 24);
    }
    return bytes;
  }

  private static <T> List<T> all(JsonNode json, Function<JsonNode, T> made) {
    return new ArrayList<>(elements(json).map(made).toList());
  }

  private static Stream<JsonNode> elements(JsonNode json) {
    return StreamSupport.stream(json.spliterator(), false);
  }

  private static JsonNode read(String file) {
    try {
      return new ObjectMapper().readTree(bytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }
}
