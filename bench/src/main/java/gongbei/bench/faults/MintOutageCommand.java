package gongbei.bench.faults;

import gongbei.bench.setup.NodeJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code mint-outage}: kills all nodes that mint for 90 minutes, compressed, and looks whether
 * holders still pass by their reserve codes, and only then. Ends with 0 where all holds.
 */
@Command(
    name = "mint-outage",
    description =
        "Kills all nodes that mint, and looks whether holders pass by their reserve codes, online"
            + " and without a network, and only then.",
    mixinStandardHelpOptions = true)
public final class MintOutageCommand implements Callable<Integer> {
  private static final int MIN_COMPRESSION = 1;
  private static final int MAX_COMPRESSION = 60;

  @Option(
      names = "--wallets",
      defaultValue = "1000",
      description = "Holders who have opened their wallet; default ${DEFAULT-VALUE}.")
  private int wallets;

  @Option(
      names = "--compress",
      defaultValue = "10",
      description = "How many times faster than 90 minutes, 1 to 60; default ${DEFAULT-VALUE}.")
  private int compression;

  @Option(names = "--seed", defaultValue = "1", description = "Decides who is scanned when.")
  private long seed;

  @Option(
      names = "--base-port",
      defaultValue = "23000",
      description = "The first of 64 ports that the nodes take; default ${DEFAULT-VALUE}.")
  private int basePort;

  @Mixin private NodeJar jar = new NodeJar();

  @Override
  public Integer call() throws IOException, InterruptedException {
    jar.require();
    if (compression < MIN_COMPRESSION || compression > MAX_COMPRESSION) {
      System.err.println("--compress is " + compression + ", not from 1 to " + MAX_COMPRESSION);
      return 2;
    }
    final MintOutagePlan plan = MintOutagePlan.compressed(wallets, compression);
    System.out.println("90 minutes compressed " + compression + ":1: " + plan);
    final Path directory = Files.createTempDirectory("gongbei-mint-outage-");
    try (MintOutageCluster cluster = new MintOutageCluster(jar.path(), directory, basePort, plan)) {
      cluster.start(wallets);
      final MintOutageResult result = new MintOutage(cluster, plan, seed).run();
      System.out.println(result);
      return result.isGood() ? 0 : 1;
    } finally {
      ClusterFixture.delete(directory);
    }
  }
}
