package gongbei.bench.setup;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that says which jar nodes run: by default, the one that the build makes. */
public final class NodeJar {
  @Option(
      names = "--jar",
      defaultValue = "verifier/target/gongbei.jar",
      description =
          "The jar of the node to start; default ${DEFAULT-VALUE}, from the project's root.")
  private Path jar;

  /** The jar as it was given. */
  public Path path() {
    return jar;
  }

  /**
   * The jar, which must be there.
   *
   * @throws Refusal where it is not
   */
  public Path require() {
    return require("--jar", jar);
  }

  /**
   * A jar that must be there.
   *
   * @param option what it was given by
   * @throws Refusal where it is not
   */
  public static Path require(String option, Path jar) {
    if (!Files.isRegularFile(jar)) {
      throw new Refusal(
          option
              + " "
              + jar
              + (Files.exists(jar) ? " is not a file" : " does not exist")
              + ": build the project, or name its jar");
    }
    return jar;
  }
}
