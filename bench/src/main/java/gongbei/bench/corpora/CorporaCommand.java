package gongbei.bench.corpora;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code corpora}: the conformance check against the test data of others. */
@Command(
    name = "corpora",
    description =
        "Runs every input of the corpora dgc, dcc-pictures, gdhcn and real-world, and"
            + " compares with what each corpus calls right. Ends with 0 only where all are right.",
    mixinStandardHelpOptions = true)
public final class CorporaCommand implements Callable<Integer> {
  private static final List<String> FOLDERS = List.of("dgc", "dcc-pictures", "gdhcn", "real-world");

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder of the corpora.")
  private Path folder;

  @Option(names = "--wrong-only", description = "Print no line for an input that is right.")
  private boolean isWrongOnly;

  @Override
  public Integer call() throws Exception {
    for (final String each : FOLDERS) {
      if (!Files.isDirectory(folder.resolve(each))) {
        throw new ParameterException(
            spec.commandLine(), folder.resolve(each) + " is not a directory");
      }
    }
    final PrintWriter out = spec.commandLine().getOut();
    final List<Outcome> outcomes = Corpora.run(folder);
    for (final Outcome outcome : outcomes) {
      if (!isWrongOnly || !outcome.isRight()) {
        out.println(outcome.line());
      }
    }
    for (final String each : FOLDERS) {
      out.println(
          each
              + ": "
              + total(outcomes.stream().filter(one -> one.name().startsWith(each + "/")).toList()));
    }
    out.println(total(outcomes));
    out.flush();
    return outcomes.stream().allMatch(Outcome::isRight) ? 0 : 1;
  }

  private static String total(List<Outcome> outcomes) {
    return "right " + outcomes.stream().filter(Outcome::isRight).count() + " of " + outcomes.size();
  }
}
