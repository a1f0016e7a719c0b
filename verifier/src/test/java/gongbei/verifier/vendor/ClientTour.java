package gongbei.verifier.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.pack.PackMaker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A vendor's program, which knows the client alone, in a JVM of its own without any option. */
final class ClientTour {
  private static final Path EXAMPLES = Path.of("client", "examples", "java");

  private ClientTour() {}

  /** Compiles the example and runs it against a node. */
  static void run(String classPath, Path directory) throws Exception {
    final Path classes = Files.createDirectories(directory.resolve("classes"));
    ClientClassPath.compile(classPath, classes, EXAMPLES.resolve("Tour.java"));
    try (TestNode node = new TestNode()) {
      final Path authority = Files.createDirectories(directory.resolve("authority"));
      KeyGeneration.write(node.authority, "authority", authority);
      final Path anchors = Files.createDirectories(directory.resolve("anchors"));
      KeyGeneration.writeCertificate(node.guangdong, "gd", anchors);
      final Path pack = directory.resolve("pack");
      Files.write(
          pack,
          new PackMaker(
                  node.node.resources().statusMap(),
                  new TrustList(List.of(node.guangdong.issuerKey())),
                  node.node.resources().rulesets().current())
              .full(new PackMaker.Terms(node.guangdong, Instant.now().getEpochSecond(), 600))
              .orElseThrow());
      final Subject resident = new Subject(99, 99);
      final String told =
          ClientClassPath.output(
              0,
              ClientClassPath.tool("java"),
              "-cp",
              classes + java.io.File.pathSeparator + classPath,
              "Tour",
              node.http("/"),
              Integer.toString(node.node.tcpPort()),
              authority.toString(),
              resident.toHex(),
              code(node, resident),
              pack.toString(),
              anchors.toString());
      final List<String> lines = told.lines().toList();
      assertEquals(4, lines.size(), told);
      assertEquals("authority applied", lines.get(0), told);
      assertTrue(lines.get(1).startsWith("device PASS, "), told);
      assertEquals("offline HOLD TEST_MISSING", lines.get(2), "the code claims no test: " + told);
      assertEquals("conformance 0 failed", lines.get(3), told);
    }
  }

  private static String code(TestNode node, Subject resident) {
    final long now = Instant.now().getEpochSecond();
    return new gongbei.codec.issue.CodeIssuer(gongbei.codec.code.CodeFormat.GD1, node.guangdong)
        .issue(
            CodeClaims.of(CodeKind.PERSON, resident.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now, now + 600)
                .build());
  }
}
