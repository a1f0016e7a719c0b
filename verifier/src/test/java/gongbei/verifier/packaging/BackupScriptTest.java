package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the schedule of backups does around {@code gongbei}, which stands in here; the first hour's
 * test has it back a cluster up.
 */
final class BackupScriptTest {
  @TempDir private Path directory;

  private Path backups() {
    return directory.resolve("backups");
  }

  /** A command that makes a backup, or fails where the file {@code fails} is there. */
  private Path gongbei() throws IOException {
    final Path file =
        Files.writeString(
            directory.resolve("gongbei"),
            "#!/bin/sh\n"
                + "echo \"$@\" >> "
                + directory.resolve("asked")
                + "\n"
                + "case \"$2\" in snapshot) echo refused: this member does not lead; exit 1;; esac\n"
                + "mkdir -p \"$6/cluster\"; echo partly > \"$6/cluster/recording.log\"\n"
                + "[ ! -e "
                + directory.resolve("fails")
                + " ] || { echo no member answers >&2; exit 3; }\n"
                + "echo done: the log up to 1\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private record Ended(int code, String text) {}

  private Ended run(Map<String, String> settings) throws Exception {
    final ProcessBuilder builder =
        new ProcessBuilder(Path.of("packaging", "gongbei-backup").toAbsolutePath().toString())
            .redirectErrorStream(true);
    builder.environment().put("GONGBEI", gongbei().toString());
    builder.environment().put("CONFIG", "node.yaml");
    builder.environment().put("BACKUPS", backups().toString());
    builder.environment().putAll(settings);
    final Process process = builder.start();
    final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }

  private List<String> names() throws IOException {
    final List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(backups())) {
      files.map(file -> file.getFileName().toString()).sorted().forEach(names::add);
    }
    return names;
  }

  private String told() throws IOException {
    return Files.readString(backups().resolve("last-backup.prom"));
  }

  @Test
  void aBackupGetsItsNameWhenItIsCompleteAndTellsWhenThatWas() throws Exception {
    final long before = Instant.now().getEpochSecond();
    final Ended ended = run(Map.of("SNAPSHOT", "data", "PORT", "9999"));
    assertEquals(0, ended.code(), ended.text());
    assertTrue(ended.text().contains("backed up to " + backups()), ended.text());
    final List<String> names = names();
    assertEquals(2, names.size(), names.toString());
    assertTrue(names.get(0).matches("\\d{8}T\\d{6}Z"), names.toString());
    final long time =
        Long.parseLong(told().replaceAll("(?s).*\ngongbei_backup_time_seconds (\\d+)\n.*", "$1"));
    assertTrue(time >= before && time <= Instant.now().getEpochSecond(), told());
    assertEquals(
        List.of(
            "cluster snapshot --data data",
            "cluster backup --config node.yaml --to " + backups() + "/partial --port 9999"),
        Files.readAllLines(directory.resolve("asked")));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(backups().resolve(names.get(0)))));
  }

  @Test
  void aBackupThatFailsIsNoneAndTheTimeOfTheLastStays() throws Exception {
    assertEquals(0, run(Map.of()).code());
    final String before = told();
    final List<String> names = names();
    Files.createFile(directory.resolve("fails"));
    final Ended ended = run(Map.of());
    assertEquals(3, ended.code(), ended.text());
    assertTrue(ended.text().contains("no member answers"), ended.text());
    assertEquals(before, told());
    Files.delete(directory.resolve("fails"));
    assertTrue(Files.exists(backups().resolve("partial")), "what was interrupted");
    Files.createDirectories(backups().resolve(names.get(0).replace("T", "U")));
    assertEquals(0, run(Map.of("KEEP", "99")).code());
    assertFalse(Files.exists(backups().resolve("partial")), "is taken away by the next");
  }

  @Test
  void theOldestAreRemovedAndNothingElse() throws Exception {
    for (int day = 1; day <= 9; day++) {
      Files.createDirectories(backups().resolve("2026010" + day + "T023000Z/cluster"));
    }
    Files.createDirectories(backups().resolve("kept by hand"));
    assertEquals(0, run(Map.of("KEEP", "3")).code());
    final List<String> names = names();
    assertEquals(5, names.size(), names.toString());
    assertEquals(
        List.of("20260108T023000Z", "20260109T023000Z"), names.subList(0, 2), "the newest of old");
    assertTrue(names.contains("kept by hand"));
  }

  @Test
  void whereNoBackupsAreKeptOnlyASnapshotIsAskedFor() throws Exception {
    final Ended ended = run(Map.of("SNAPSHOT", "data", "BACKUPS", ""));
    assertEquals(0, ended.code(), ended.text());
    assertEquals(
        List.of("cluster snapshot --data data"), Files.readAllLines(directory.resolve("asked")));
    assertFalse(Files.exists(backups()));
  }
}
