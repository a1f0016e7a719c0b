package gongbei.bench.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cores that a process is kept to by {@code taskset(1)}, and lists of them. Immutable. */
public final class CoreSet {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String ALLOWED = "Cpus_allowed_list:";
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/bin/taskset"), Path.of("/bin/taskset"));

  private final SortedSet<Integer> cores;

  private CoreSet(SortedSet<Integer> cores) {
    this.cores = cores;
  }

  /**
   * Reads a list as {@code 0-1} or {@code 0,2,4-7}.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static CoreSet parse(String list) {
    final SortedSet<Integer> cores = new TreeSet<>();
    for (final String part : list.strip().split(",", -1)) {
      final Matcher range = RANGE.matcher(part);
      if (!range.matches()) {
        throw new IllegalArgumentException(
            "'" + list + "' is no list of cores, as in 0-1 or 0,2,4-7");
      }
      final int first = Integer.parseInt(range.group(1));
      final int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (last < first) {
        throw new IllegalArgumentException("'" + part + "' ends before it begins");
      }
      for (int core = first; core <= last; core++) {
        cores.add(core);
      }
    }
    return new CoreSet(cores);
  }

  /** The cores that this process may run on, as Linux tells it (proc(5), Cpus_allowed_list). */
  public static CoreSet ofThisProcess() throws IOException {
    for (final String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(ALLOWED)) {
        return parse(line.substring(ALLOWED.length()));
      }
    }
    throw new IOException(STATUS + " does not say which cores this process may run on");
  }

  /** Each of them, in their order. */
  public List<Integer> each() {
    return List.copyOf(cores);
  }

  /** How many there are. */
  public int count() {
    return cores.size();
  }

  /**
   * Checks that processes can be kept to these cores here.
   *
   * @param option what they were given by, for the message
   * @param there the cores that there are
   * @throws IllegalArgumentException where one is not there, or no {@code taskset} is
   */
  public void require(String option, CoreSet there) {
    for (final int core : cores) {
      if (!there.cores.contains(core)) {
        throw new IllegalArgumentException(
            option + " names core " + core + "; this process may run on " + there);
      }
    }
    if (PLACES.stream().noneMatch(Files::isExecutable)) {
      throw new IllegalArgumentException(
          option + " needs taskset, which is not there; Debian's package util-linux has it");
    }
  }

  /** What a command that is to be kept to these cores opens with. */
  public List<String> launch() {
    return List.of("taskset", "-c", toString());
  }

  /** Keeps all threads of this process, and those that it starts, to these cores. */
  public void keepThisProcess() throws IOException, InterruptedException {
    final Process process =
        new ProcessBuilder(
                "taskset",
                "-a",
                "-c",
                "-p",
                toString(),
                Long.toString(ProcessHandle.current().pid()))
            .redirectErrorStream(true)
            .start();
    final String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("taskset: " + said);
    }
  }

  /** The list, each run of cores as its first and last, as {@link #parse} reads it. */
  @Override
  public String toString() {
    final StringBuilder list = new StringBuilder();
    int first = -1;
    int last = -1;
    for (final int core : cores) {
      if (core != last + 1 || first < 0) {
        append(list, first, last);
        first = core;
      }
      last = core;
    }
    append(list, first, last);
    return list.toString();
  }

  private static void append(StringBuilder list, int first, int last) {
    if (first >= 0) {
      list.append(list.isEmpty() ? "" : ",").append(first).append(last > first ? "-" + last : "");
    }
  }
}
