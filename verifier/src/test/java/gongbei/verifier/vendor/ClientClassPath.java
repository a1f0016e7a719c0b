package gongbei.verifier.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import gongbei.testing.Patience;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.agrona.DirectBuffer;
import org.bouncycastle.asn1.eac.EACTags;
import org.bouncycastle.jsse.BCSSLParameters;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.encoders.Hex;
import org.fastfilter.xor.Xor8;
import org.slf4j.Logger;
import org.yaml.snakeyaml.Yaml;

/** What a vendor has on their class path: the client and the libraries that it needs, no more. */
public final class ClientClassPath {
  /** The libraries by the names in {@code verifier/client/pom.xml}, each found by a class of it. */
  static final Map<String, Class<?>> LIBRARIES =
      Map.ofEntries(
          Map.entry("jackson-annotations", JsonProperty.class),
          Map.entry("jackson-core", JsonFactory.class),
          Map.entry("jackson-databind", ObjectMapper.class),
          Map.entry("jackson-dataformat-yaml", YAMLFactory.class),
          Map.entry("fastfilter", Xor8.class),
          Map.entry("agrona", DirectBuffer.class),
          Map.entry("bcpkix-jdk18on", PEMParser.class),
          Map.entry("bcprov-jdk18on", Hex.class),
          Map.entry("bctls-jdk18on", BCSSLParameters.class),
          Map.entry("bcutil-jdk18on", EACTags.class),
          Map.entry("slf4j-api", Logger.class),
          Map.entry("snakeyaml", Yaml.class));

  private ClientClassPath() {}

  /** The client as it is packaged, and its libraries. */
  static String ofJar(Path jar) {
    return joined(List.of(jar));
  }

  /** The client's classes as they are compiled, and its libraries. */
  public static String ofClasses() {
    return joined(
        List.of(
            Path.of("client", "target", "classes"), Path.of("..", "codec", "target", "classes")));
  }

  private static String joined(List<Path> own) {
    final List<Path> all = new ArrayList<>(own);
    LIBRARIES.values().forEach(each -> all.add(placeOf(each)));
    return all.stream()
        .map(each -> each.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  static Path placeOf(Class<?> member) {
    try {
      return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A tool of the JDK that runs these tests. */
  static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Compiles an example into a directory, every warning an error. */
  public static void compile(String classPath, Path into, Path... sources) throws Exception {
    final List<String> command =
        new ArrayList<>(
            List.of(
                tool("javac"),
                "--release",
                "17",
                "-Xlint:all,-options,-path",
                "-Werror",
                "-cp",
                classPath,
                "-d",
                into.toString()));
    Arrays.stream(sources).forEach(each -> command.add(each.toString()));
    assertEquals("", output(0, command.toArray(String[]::new)));
  }

  /** What a command writes; none of the JVM's options are inherited. */
  static String output(int exitCode, String... command) throws Exception {
    final Path told = Files.createTempFile("told", "");
    try {
      final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      builder.environment().remove("JDK_JAVA_OPTIONS");
      final Process process = builder.redirectOutput(told.toFile()).start();
      try {
        final boolean ended = process.waitFor(Patience.SECONDS, TimeUnit.SECONDS);
        final String text = Files.readString(told, StandardCharsets.UTF_8);
        assertEquals(true, ended, () -> "it hangs: " + text);
        assertEquals(exitCode, process.exitValue(), text);
        return text;
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(told);
    }
  }

  static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
