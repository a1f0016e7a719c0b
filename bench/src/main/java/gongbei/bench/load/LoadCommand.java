package gongbei.bench.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code load}: an open-loop load on a node or on its peer. */
@Command(
    name = "load",
    description = "Puts an open-loop load on a node or on a peer.",
    mixinStandardHelpOptions = true,
    subcommands = {LoadCommand.Prepare.class, LoadRun.class, LoadCores.class})
public final class LoadCommand {

  /** Makes a bed. */
  @Command(
      name = "prepare",
      description = "Makes keys, a node's data with its residents, and files of minted codes.",
      mixinStandardHelpOptions = true)
  static final class Prepare implements Callable<Integer> {
    @Option(names = "--directory", required = true, description = "Where; made where absent.")
    private Path directory;

    @Option(names = "--residents", defaultValue = "1000000", description = "How many are known.")
    private long residents;

    @Option(names = "--gd1", defaultValue = "0", description = "How many good GD1 codes to mint.")
    private int gd1;

    @Option(names = "--mixed", defaultValue = "0", description = "How many mixed codes to mint.")
    private int mixed;

    @Override
    public Integer call() throws Exception {
      final LoadFixture bed = new LoadFixture(directory);
      if (!Files.exists(directory.resolve("residents"))) {
        final long startedNanos = System.nanoTime();
        bed.populate(residents);
        say(residents + " residents", startedNanos);
      }
      mint(bed, CodeMinter.Mix.GD1, gd1);
      mint(bed, CodeMinter.Mix.MIXED, mixed);
      return 0;
    }

    private static void mint(LoadFixture bed, CodeMinter.Mix mix, int count) throws Exception {
      if (count > 0) {
        final long startedNanos = System.nanoTime();
        bed.mint(mix, count);
        say(count + " codes, " + mix.name().toLowerCase(Locale.ROOT), startedNanos);
      }
    }

    private static void say(String what, long startedNanos) {
      System.out.printf(
          Locale.ROOT, "%s in %.1f s%n", what, (System.nanoTime() - startedNanos) / 1e9);
    }
  }
}
