package gongbei.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * JMH's own command line, with the forked processes given the openings of the JDK that this jar's
 * manifest asks for: a fork is not started by {@code -jar} and would not see them.
 */
final class JmhRun {
  /** The first JDK that warns of native code that was not allowed. */
  private static final int FIRST_RESTRICTING_NATIVE_CODE = 24;

  private JmhRun() {}

  /** Runs JMH by its arguments: {@code -h} lists these. */
  static void run(String... arguments)
      throws IOException, RunnerException, CommandLineOptionException {
    final CommandLineOptions options = new CommandLineOptions(arguments);
    final boolean asks =
        options.shouldHelp()
            || options.shouldList()
            || options.shouldListWithParams()
            || options.shouldListProfilers()
            || options.shouldListResultFormats();
    if (asks) {
      Main.main(arguments);
    } else {
      new Runner(
              new OptionsBuilder()
                  .parent(options)
                  .jvmArgsAppend(openings().toArray(new String[0]))
                  .build())
          .run();
    }
  }

  private static List<String> openings() throws IOException {
    final List<String> arguments = new ArrayList<>();
    for (final URL url :
        Collections.list(JmhRun.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
      try (InputStream bytes = url.openStream()) {
        final Attributes manifest = new Manifest(bytes).getMainAttributes();
        if (Benchmarks.class.getName().equals(manifest.getValue(Attributes.Name.MAIN_CLASS))) {
          add(arguments, "--add-exports=", manifest.getValue("Add-Exports"));
          add(arguments, "--add-opens=", manifest.getValue("Add-Opens"));
        }
      }
    }
    if (Runtime.version().feature() >= FIRST_RESTRICTING_NATIVE_CODE) {
      arguments.add("--enable-native-access=ALL-UNNAMED");
    }
    return arguments;
  }

  private static void add(List<String> arguments, String option, String packages) {
    for (final String each : packages.split(" ", -1)) {
      arguments.add(option + each + "=ALL-UNNAMED");
    }
  }
}
