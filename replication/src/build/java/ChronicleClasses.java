import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.ValueModel;

/**
 * Makes the classes that Chronicle Map would compile when a map is opened, so that a node needs no
 * compiler. Run by the build, from its source: {@code java -cp CLASSPATH ChronicleClasses.java
 * DIRECTORY}.
 *
 * <p>Chronicle's libraries look for a generated class by its name before they generate it, but ask
 * for a compiler even so: first the JDK's, then {@code com.sun.tools.javac.api.JavacTool}. The
 * second is made here, too. It is found only where the JDK's module of that name is not, and
 * compiles nothing.
 */
final class ChronicleClasses {
  private static final String STATE = VanillaGlobalMutableState.class.getName();

  private static final String JAVAC_TOOL =
      """
      package com.sun.tools.javac.api;

      import java.lang.reflect.Proxy;
      import javax.tools.JavaCompiler;

      /** Stands in for the compiler on a Java that has none; refuses to compile. */
      public final class JavacTool {
        private JavacTool() {}

        public static JavaCompiler create() {
          return (JavaCompiler)
              Proxy.newProxyInstance(
                  JavacTool.class.getClassLoader(),
                  new Class<?>[] {JavaCompiler.class},
                  (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(
                        "this Java runtime has no compiler (module jdk.compiler)");
                  });
        }
      }
      """;

  private ChronicleClasses() {}

  public static void main(String[] arguments) throws Exception {
    // The library writes source by the default locale's digits and capitals.
    Locale.setDefault(Locale.ROOT);
    final Path directory = Files.createDirectories(Path.of(arguments[0]));
    compile(directory, STATE + ValueModel.$$NATIVE, stateSource(), List.of());
    compile(
        directory,
        "com.sun.tools.javac.api.JavacTool",
        JAVAC_TOOL,
        List.of("--limit-modules", "java.base,java.compiler"));
  }

  /** The source that the library itself compiles. */
  private static String stateSource() throws ReflectiveOperationException {
    final Method generate =
        Class.forName("net.openhft.chronicle.values.Generators")
            .getDeclaredMethod("generateNativeClass", ValueModel.class, String.class);
    generate.setAccessible(true);
    return (String)
        generate.invoke(
            null,
            ValueModel.acquire(VanillaGlobalMutableState.class),
            VanillaGlobalMutableState.class.getSimpleName() + ValueModel.$$NATIVE);
  }

  private static void compile(Path directory, String name, String source, List<String> more)
      throws IOException {
    final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    final JavaFileObject unit =
        new SimpleJavaFileObject(
            URI.create("string:///" + name.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    final List<String> options =
        new ArrayList<>(List.of("--release", "17", "-nowarn", "-proc:none"));
    options.addAll(more);
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(directory));
      files.setLocationFromPaths(
          StandardLocation.CLASS_PATH,
          Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
              .map(Path::of)
              .toList());
      if (!compiler.getTask(null, files, null, options, null, List.of(unit)).call()) {
        throw new IllegalStateException(name + " does not compile");
      }
    }
  }
}
