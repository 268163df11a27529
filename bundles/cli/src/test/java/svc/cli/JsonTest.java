package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.nv.NvList;

class JsonTest {

  @Test
  void everyTypeOfTheWireHasItsForm() {
    NvList list =
        NvList.builder()
            .string("ipc:method", "left out")
            .nul("nul")
            .bool("bool", true)
            .number("number", -1)
            .string("string", "a\"\\\n\t\u0001\u2028é")
            .list("list", NvList.builder().number("x", 1).build())
            .binary("binary", new byte[] {1, (byte) 0xff})
            .bools("bools", true, false)
            .numbers("numbers", 1, 2)
            .strings("strings", List.of("{", "[", ":", ""))
            .lists("lists", List.of(NvList.EMPTY, NvList.builder().nul("y").build()))
            .build();
    String text = new Json().list(list).toString();
    assertEquals(
        Ran.json(
            """
            {"nul":null,"bool":true,"number":18446744073709551615,
             "string":"a\\"\\\\\\n\\t\\u0001\\u2028é","list":{"x":1},"binary":"01ff",
             "bools":[true,false],"numbers":[1,2],"strings":["{","[",":",""],
             "lists":[{},{"y":null}]}
            """),
        Ran.json(text),
        text);
    assertEquals(1, text.lines().count());
  }
}
