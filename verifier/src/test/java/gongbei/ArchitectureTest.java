package gongbei;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The modules look one way, and so do the rooms within them. */
@AnalyzeClasses(packages = "gongbei", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule THE_CODEC_KNOWS_NOBODY =
      noClasses()
          .that()
          .resideInAPackage("gongbei.codec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gongbei.replication..", "gongbei.verifier..", "gongbei.bench..");

  @ArchTest
  static final ArchRule REPLICATION_KNOWS_THE_CODEC_ALONE =
      noClasses()
          .that()
          .resideInAPackage("gongbei.replication..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gongbei.verifier..", "gongbei.bench..");

  @ArchTest
  static final ArchRule THE_VERIFIER_DOES_NOT_KNOW_THE_BENCH =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("gongbei.bench..");

  @ArchTest
  static final ArchRule CODEC_AND_REPLICATION_NEITHER_DRAW_NOR_PRINT =
      noClasses()
          .that()
          .resideInAnyPackage("gongbei.codec..", "gongbei.replication..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.google.zxing..", "org.apache.pdfbox..", "java.awt..", "javax.imageio..");

  @ArchTest
  static final ArchRule THE_SCAN_PATH_KNOWS_NO_SERVER =
      noClasses()
          .that()
          .resideInAnyPackage("gongbei.verifier.scan..", "gongbei.verifier.rules..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gongbei.verifier.tcp..",
              "gongbei.verifier.http..",
              "gongbei.verifier.node..",
              "gongbei.verifier.cli..",
              "io.netty..");

  @ArchTest
  static final ArchRule THE_CLIENT_KNOWS_THE_CODEC_ALONE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "gongbei.verifier.client..",
              "gongbei.verifier.conformance..",
              "gongbei.verifier.limits..",
              "gongbei.verifier.offline..",
              "gongbei.verifier.protocol..",
              "gongbei.verifier.rules..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("gongbei..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "gongbei.codec..",
                              "gongbei.verifier.client..",
                              "gongbei.verifier.conformance..",
                              "gongbei.verifier.limits..",
                              "gongbei.verifier.offline..",
                              "gongbei.verifier.protocol..",
                              "gongbei.verifier.rules.."))));

  @ArchTest
  static final ArchRule THE_CLIENT_NEEDS_NO_LIBRARY_OF_A_NODE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "gongbei.verifier.client..",
              "gongbei.verifier.conformance..",
              "gongbei.verifier.limits..",
              "gongbei.verifier.offline..",
              "gongbei.verifier.protocol..",
              "gongbei.verifier.rules..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.aeron..",
              "io.netty..",
              "net.openhft..",
              "org.agrona.concurrent..",
              "com.lmax..",
              "org.apache.pdfbox..",
              "com.google.zxing..");

  @ArchTest
  static final ArchRule ROOMS_HAVE_NO_CYCLES =
      slices().matching("gongbei.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_STATE_MACHINE_KNOWS_NEITHER_FILES_NOR_AERON =
      noClasses()
          .that()
          .resideInAnyPackage("gongbei.replication.command..", "gongbei.replication.machine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.aeron..", "java.nio.file..");

  @ArchTest
  static final ArchRule COMMANDS_HAVE_NO_CYCLES =
      slices().matching("gongbei.verifier.cli.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule COMMANDS_DO_NOT_KNOW_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.cli.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("gongbei.verifier.cli");
}
