package gongbei.bench.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Prerequisite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CoreSetTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"0;0;1", "0-1;0-1;2", "5,4,7;4-5,7;3", "0,2,4-7,6;0,2,4-7;6", " 0-3 ;0-3;4"})
  void aListIsReadAndWrittenInRuns(String given, String written, int count) {
    final CoreSet cores = CoreSet.parse(given);
    assertEquals(written, cores.toString());
    assertEquals(count, cores.count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "1-", "-1", "0,,1", "3-2", "0 1", "99999"})
  void whatIsNoListOfCoresIsRefusedAndNamed(String given) {
    final IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> CoreSet.parse(given));
    assertTrue(refused.getMessage().contains("'" + given + "'"), refused.getMessage());
  }

  @Test
  void aCoreThatIsNotThereIsRefusedByNameBesideThoseThatAre() {
    final CoreSet there = CoreSet.parse("0-1");
    assertEquals(
        "--node-cores names core 2; this process may run on 0-1",
        assertThrows(
                IllegalArgumentException.class,
                () -> CoreSet.parse("1-3").require("--node-cores", there))
            .getMessage());
  }

  @Test
  void aCommandIsKeptToItsCores() throws Exception {
    Prerequisite.require(
        Files.isExecutable(Path.of("/usr/bin/taskset")), "taskset of util-linux is missing");
    final CoreSet all = CoreSet.ofThisProcess();
    final CoreSet one = CoreSet.parse(all.toString().split("[-,]", -1)[0]);
    one.require("--node-cores", all);
    final List<String> command = new ArrayList<>(one.launch());
    command.addAll(List.of("grep", "Cpus_allowed_list", "/proc/self/status"));
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertEquals(
        "Cpus_allowed_list:\t" + one,
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
  }
}
