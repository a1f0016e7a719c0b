package gongbei.bench.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The programs in C that make faults of the network and of a process, compiled where they run. */
final class FaultTools {
  private final Path directory;

  FaultTools(Path directory) {
    this.directory = directory;
  }

  /** The switch between namespaces. */
  Path network() throws IOException, InterruptedException {
    return compile("network.c", "network", List.of());
  }

  /** What is preloaded into a node. */
  Path process() throws IOException, InterruptedException {
    return compile("process.c", "process.so", List.of("-shared", "-fPIC"));
  }

  private Path compile(String source, String program, List<String> options)
      throws IOException, InterruptedException {
    final Path file = directory.resolve(source);
    try (InputStream text =
        FaultTools.class.getResourceAsStream("/gongbei/bench/faults/" + source)) {
      Files.copy(text, file, StandardCopyOption.REPLACE_EXISTING);
    }
    final Path made = directory.resolve(program).toAbsolutePath();
    final List<String> command = new ArrayList<>();
    command.addAll(List.of("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"));
    command.addAll(options);
    command.addAll(List.of("-o", made.toString(), file.toString(), "-ldl"));
    final Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String told = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (gcc.waitFor() != 0) {
      throw new IOException(source + " does not compile: " + told);
    }
    return made;
  }

  /** Whether a command can be started and ends with 0. */
  static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
