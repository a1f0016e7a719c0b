package gongbei.verifier.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as a vendor gets it. */
final class ClientJarIT {
  private static final Path JAR = Path.of("client", "target", "gongbei-client.jar");

  @Test
  void aVendorsProgramRunsWithTheJarAndItsLibrariesAndNoOptionOfTheJvm(@TempDir Path directory)
      throws Exception {
    ClientTour.run(ClientClassPath.ofJar(JAR), directory);
  }

  @Test
  void nothingInTheJarNeedsALibraryThatAVendorDoesNotHave() throws Exception {
    final String classPath = ClientClassPath.ofJar(JAR);
    assertEquals(
        "",
        ClientClassPath.output(
            0,
            ClientClassPath.tool("jdeps"),
            "--missing-deps",
            "--multi-release",
            "17",
            "-cp",
            classPath.substring(classPath.indexOf(File.pathSeparator) + 1),
            JAR.toString()));
  }

  @Test
  void itHoldsTheClientAndCodecAloneAndAsksTheJvmForNothing() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      final List<String> others = new ArrayList<>();
      jar.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class"))
          .filter(
              name ->
                  !name.matches(
                      "gongbei/(codec|verifier/(client|conformance|limits|national|offline|protocol|revocation|rules|status))/.*"))
          .forEach(others::add);
      assertEquals(List.of(), others);
      for (final String resource :
          List.of(
              "gongbei/scanner-protocol.xml",
              "gongbei/conformance/scanner-vectors.json",
              "gongbei/device-words.json",
              "gongbei/rulesets/metro.yaml")) {
        assertNotNull(jar.getEntry(resource), resource);
      }
      assertNull(jar.getManifest().getMainAttributes().getValue("Add-Opens"));
      assertNull(jar.getManifest().getMainAttributes().getValue("Add-Exports"));
    }
    assertTrue(Files.size(JAR) < 2 << 20, "it is small: " + Files.size(JAR));
    assertFalse(ClientClassPath.ofJar(JAR).contains("aeron"));
  }

  @Test
  void itsDocumentationIsMadeWithoutAWarning(@TempDir Path directory) throws Exception {
    final List<String> command =
        new ArrayList<>(
            List.of(
                ClientClassPath.tool("javadoc"),
                "-quiet",
                "-Xdoclint:all,-missing",
                "-Werror",
                "--release",
                "17",
                "-cp",
                ClientClassPath.ofJar(JAR),
                "-d",
                directory.toString(),
                "-sourcepath",
                Path.of("client", "src", "main", "java").toString()));
    for (final String each :
        List.of("client", "client.tls", "conformance", "limits", "offline", "protocol", "rules")) {
      command.add("gongbei.verifier." + each);
    }
    assertEquals("", ClientClassPath.output(0, command.toArray(String[]::new)));
    assertTrue(Files.exists(directory.resolve("gongbei/verifier/client/DeviceClient.html")));
  }
}
