package gongbei.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs the test classes of a module that draw anything at random, many times, each time with
 * another seed, and every tenth time with the project's classes loaded anew. Which draw is found by
 * running each once. The build does not run this by itself:
 *
 * <pre>
 * mvn -pl codec -am test -Dtest=ManySeeds -Dgongbei.seeds=200 -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * {@code -Dgongbei.classes=REGEX} takes the classes that match alone, {@code -Dgongbei.firstSeed=N}
 * begins with that seed and not with 1, {@code -Dgongbei.seconds=N} ends a class after so long.
 * {@code target/many-seeds.txt} has a line for each class, and one for each failure.
 */
final class ManySeeds {
  private static final Path CLASSES = Path.of("target", "test-classes");

  /** After so many seeds the classes are loaded anew, for the compiler to have some use. */
  private static final int SEEDS_A_LOADING = 10;

  /** A class that fails so often is left. */
  private static final int MAX_FAILURES = 10;

  private static final Path REPORT = Path.of("target", "many-seeds.txt");

  private final int firstSeed = Integer.getInteger("gongbei.firstSeed", 1);
  private final int seeds = Integer.getInteger("gongbei.seeds", 200);
  private final long nanos =
      TimeUnit.SECONDS.toNanos(Long.getLong("gongbei.seconds", Integer.MAX_VALUE));
  private final Pattern wanted = Pattern.compile(System.getProperty("gongbei.classes", ".*"));
  private final List<String> faults = new ArrayList<>();

  @Test
  void everyClassThatDrawsAtRandomIsGreenWithEverySeed() throws IOException {
    final String before = System.getProperty(Seeds.PROPERTY);
    try (PrintWriter report = new PrintWriter(Files.newBufferedWriter(REPORT), true)) {
      for (final String name : testClasses()) {
        runOften(name, report);
      }
    } finally {
      if (before == null) {
        System.clearProperty(Seeds.PROPERTY);
      } else {
        System.setProperty(Seeds.PROPERTY, before);
      }
    }
    assertEquals(List.of(), faults);
  }

  private List<String> testClasses() throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES)) {
      return files
          .map(file -> CLASSES.relativize(file).toString())
          .filter(file -> file.endsWith("Test.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .filter(name -> wanted.matcher(name).find())
          .sorted()
          .toList();
    }
  }

  private void runOften(String name, PrintWriter report) throws IOException {
    final long start = System.nanoTime();
    int runs = 0;
    int green = 0;
    while (runs < seeds
        && runs - green < MAX_FAILURES
        && (runs == 0 || System.nanoTime() - start < nanos)) {
      try (FreshClasses classes = new FreshClasses(getClass().getClassLoader())) {
        final int until = Math.min(seeds, runs + SEEDS_A_LOADING);
        if (runs == 0) {
          Draws.count();
          green += run(name, classes, firstSeed + runs++, report);
          if (Draws.stop() == 0) {
            report.printf(Locale.ROOT, "%s draws nothing at random%n", name);
            return;
          }
        }
        while (runs < until && System.nanoTime() - start < nanos) {
          green += run(name, classes, firstSeed + runs++, report);
        }
      }
    }
    report.printf(
        Locale.ROOT,
        "%s %d of %d green, %.1f s%n",
        name,
        green,
        runs,
        (System.nanoTime() - start) / 1e9);
  }

  /** Runs a class with a seed; answers 1 where all was green. */
  private int run(String name, FreshClasses classes, int seed, PrintWriter report)
      throws IOException {
    System.setProperty(Seeds.PROPERTY, Integer.toString(seed));
    final Thread thread = Thread.currentThread();
    final ClassLoader before = thread.getContextClassLoader();
    final SummaryGeneratingListener summary = new SummaryGeneratingListener();
    thread.setContextClassLoader(classes);
    try {
      final LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(DiscoverySelectors.selectClass(Class.forName(name, false, classes)))
              .configurationParameter("jqwik.reporting.onlyfailures", "true")
              .build();
      launcher().execute(request, new SeededRandomness(), summary);
    } catch (ClassNotFoundException e) {
      throw new IOException(name, e);
    } finally {
      thread.setContextClassLoader(before);
    }
    for (final TestExecutionSummary.Failure failure : summary.getSummary().getFailures()) {
      final String fault =
          "FAILED with seed "
              + seed
              + ": "
              + failure.getTestIdentifier().getLegacyReportingName()
              + " of "
              + name
              + ": "
              + failure.getException();
      report.println(fault);
      failure.getException().printStackTrace();
      faults.add(fault);
    }
    return summary.getSummary().getFailures().isEmpty() ? 1 : 0;
  }

  /** Without the listeners of the module's own run, one of which is asking. */
  private static Launcher launcher() {
    return LauncherFactory.create(
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .enableLauncherSessionListenerAutoRegistration(false)
            .build());
  }

  /**
   * Loads this project's classes anew, so that what they keep in static fields is of another seed
   * too; but not these tools, nor what the JVM was told by a property to use.
   */
  private static final class FreshClasses extends URLClassLoader {
    FreshClasses(ClassLoader parent) throws MalformedURLException {
      super(classPath(), parent);
    }

    private static URL[] classPath() throws MalformedURLException {
      final List<URL> places = new ArrayList<>();
      for (final String place :
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""))
              .split(File.pathSeparator, -1)) {
        places.add(Path.of(place).toUri().toURL());
      }
      return places.toArray(new URL[0]);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (name.startsWith("gongbei.")
            && !name.startsWith("gongbei.testing.")
            && !System.getProperties().containsValue(name)) {
          final Class<?> loaded = findLoadedClass(name);
          return loaded == null ? findClass(name) : loaded;
        }
        return super.loadClass(name, resolve);
      }
    }
  }
}
