package gongbei.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds the test data of others, which are no part of this project: in {@code ../shared/corpora}
 * beside its root. Where the folder is missing, tests that need it are skipped.
 */
public final class TestCorpora {
  private TestCorpora() {}

  /**
   * Returns a file or folder of the corpora.
   *
   * @param path as in {@code dgc/codes.jsonl}; empty for the folder of all
   */
  public static Path require(String path) {
    final Path corpora = Document.root().resolveSibling("shared").resolve("corpora");
    final Path wanted = corpora.resolve(path);
    Prerequisite.require(
        Files.exists(wanted), "the test data of others are not in ../shared/corpora/" + path);
    return wanted;
  }
}
