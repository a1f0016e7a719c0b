package gongbei;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import gongbei.testing.OneJdk;
import java.util.Set;
import java.util.stream.Collectors;

/** The modules look one way, and so do the rooms within them. */
@AnalyzeClasses(
    packages = "gongbei",
    importOptions = {ImportOption.DoNotIncludeTests.class, SourceIsThere.class})
@OneJdk
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
  static final ArchRule WHO_VISITS_WHAT_REACHES_NEITHER_MAP_NOR_LOG_NOR_FILES =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.venue..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gongbei.replication..", "gongbei.verifier.audit..", "java.nio.file..", "java.io..");

  @ArchTest
  static final ArchRule COMMANDS_OF_VENUES_ASK_OVER_HTTP_ALONE =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.cli.venue..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gongbei.replication..",
              "gongbei.verifier.http..",
              "gongbei.verifier.mint..",
              "gongbei.verifier.node..",
              "gongbei.verifier.scan..",
              "gongbei.verifier.server..",
              "gongbei.verifier.venue..");

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
              "gongbei.verifier.server..",
              "gongbei.verifier.node..",
              "gongbei.verifier.cli..",
              "io.netty..");

  @ArchTest
  static final ArchRule OVERSIGHT_THE_WATCH_OVER_MINTING_AND_VENUES_KNOW_NO_SERVER =
      noClasses()
          .that()
          .resideInAnyPackage(
              "gongbei.verifier.oversight..",
              "gongbei.verifier.outage..",
              "gongbei.verifier.venue..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gongbei.verifier.tcp..",
              "gongbei.verifier.http..",
              "gongbei.verifier.server..",
              "gongbei.verifier.metrics..",
              "gongbei.verifier.node..",
              "gongbei.verifier.cli..",
              "io.netty..");

  @ArchTest
  static final ArchRule TRANSPORT_KNOWS_NO_GUARD_AND_NO_RESOURCE =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.http.transport..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gongbei.verifier.http",
              "gongbei.verifier.http.guard..",
              "gongbei.verifier.http.api..",
              "gongbei.verifier.tcp..");

  @ArchTest
  static final ArchRule GUARD_KNOWS_NO_RESOURCE =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.http.guard..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gongbei.verifier.http", "gongbei.verifier.http.api..");

  @ArchTest
  static final ArchRule RESOURCES_KNOW_NO_SERVER =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.http.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gongbei.verifier.http", "gongbei.verifier.tcp..");

  @ArchTest
  static final ArchRule THE_WAY_BACK_KNOWS_NO_PROTOCOL =
      noClasses()
          .that()
          .resideInAPackage("gongbei.verifier.server..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("gongbei.verifier.tcp..", "gongbei.verifier.http..");

  @ArchTest
  static final ArchRule FORMS_OF_STATUSES_AND_GROUNDS_KNOW_NOT_HOW_THEY_COME =
      noClasses()
          .that()
          .resideInAnyPackage("gongbei.verifier.ground..", "gongbei.verifier.holder..")
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
              "gongbei.verifier.national..",
              "gongbei.verifier.offline..",
              "gongbei.verifier.protocol..",
              "gongbei.verifier.revocation..",
              "gongbei.verifier.rules..",
              "gongbei.verifier.status..")
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
                              "gongbei.verifier.national..",
                              "gongbei.verifier.offline..",
                              "gongbei.verifier.protocol..",
                              "gongbei.verifier.revocation..",
                              "gongbei.verifier.rules..",
                              "gongbei.verifier.status.."))));

  @ArchTest
  static final ArchRule THE_CLIENT_NEEDS_NO_LIBRARY_OF_A_NODE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "gongbei.verifier.client..",
              "gongbei.verifier.conformance..",
              "gongbei.verifier.limits..",
              "gongbei.verifier.national..",
              "gongbei.verifier.offline..",
              "gongbei.verifier.protocol..",
              "gongbei.verifier.revocation..",
              "gongbei.verifier.rules..",
              "gongbei.verifier.status..")
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
  static final ArchRule THE_HISTORY_KNOWS_WHAT_THE_STATE_MACHINE_TELLS_AND_NO_LOG =
      noClasses()
          .that()
          .resideInAPackage("gongbei.replication.history..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "gongbei.replication.cluster..",
              "gongbei.replication.context..",
              "gongbei.replication.feed..",
              "gongbei.replication.log..",
              "gongbei.replication.snapshot..",
              "io.aeron..");

  @ArchTest
  static final ArchRule AN_AUDITOR_NEEDS_NO_NETWORK =
      noClasses()
          .that()
          .resideInAPackage("gongbei.codec.transparency..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..");

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

  /** The code units that may have more parameters, and why. */
  private static final Set<String> MANY_PARAMETERS =
      Set.of(
          // Records that Jackson fills by the names of a file, where each setting is described.
          "gongbei.verifier.config.AccessConfig.<init>",
          "gongbei.verifier.config.TlsConfig.<init>",
          "gongbei.verifier.rules.Ruleset.<init>",
          "gongbei.codec.translate.TranslationTable.<init>",
          "gongbei.verifier.conformance.ScannerVectors.<init>",
          // Records that Jackson fills or writes by the names of HTTP's requests and answers.
          "gongbei.verifier.cli.history.HolderHistory$Change.<init>",
          "gongbei.verifier.cli.holder.AppealView.<init>",
          "gongbei.verifier.cli.holder.HolderCommand$Set$Given.<init>",
          "gongbei.verifier.cli.holder.HolderView.<init>",
          "gongbei.verifier.cli.node.ClusterCommand$Members$Row.<init>",
          "gongbei.verifier.cli.node.NodeStatus.<init>",
          "gongbei.verifier.cli.node.NodeStatus$Log.<init>",
          // Records that one place fills, from variables of the components' names.
          "gongbei.codec.translate.Translation.<init>",
          "gongbei.codec.trust.IssuerKey.<init>",
          "gongbei.codec.trust.TrustListFile.<init>",
          "gongbei.verifier.oversight.OversightReport.<init>",
          "gongbei.replication.command.StatusCommand$SetStatus.<init>",
          "gongbei.replication.command.StatusCommand$Visit.<init>",
          "gongbei.replication.log.LogStatus.<init>",
          "gongbei.replication.recording.RecordingCatalog$Entry.<init>",
          "gongbei.verifier.audit.AuditCheck$Summary.<init>",
          "gongbei.verifier.client.DeviceVerdict.<init>",
          "gongbei.verifier.http.api.ScanResource$Found.<init>",
          "gongbei.verifier.http.transport.Request.<init>",
          "gongbei.verifier.metrics.NodeMetrics$Snapshot.<init>",
          "gongbei.verifier.national.NationalRules$Inputs.<init>",
          "gongbei.verifier.offline.OfflinePack$Header.<init>",
          // Inner loops, which take places in buffers and allocate nothing.
          "gongbei.codec.curve.OrderField.subtractBoth",
          "gongbei.codec.curve.P256Field.subtractBoth",
          "gongbei.codec.curve.PrimeField.subtractBoth",
          "gongbei.codec.curve.Sm2Field.subtractBoth",
          "gongbei.codec.signature.BouncyCastleEngine.verify",
          "gongbei.codec.signature.FixedBaseEngine.verify",
          "gongbei.codec.signature.SignatureBatch.add",
          "gongbei.codec.signature.SignatureEngine.verify",
          "gongbei.replication.feed.FeedPublisher.publish",
          // A method of Netty's interface, and one of Aeron's.
          "gongbei.verifier.http.transport.Http2Session.onHeadersRead",
          "gongbei.replication.cluster.StatusService.onNewLeadershipTermEvent");

  /**
   * What tells by a clock whether others of its process are alive. Two of them by two clocks would
   * hold each other for dead once the process stood still.
   */
  private static final Set<String> WITH_A_CLOCK =
      Set.of(
          "io.aeron.Aeron$Context",
          "io.aeron.archive.Archive$Context",
          "io.aeron.cluster.ClusterBackup$Context",
          "io.aeron.cluster.ConsensusModule$Context",
          "io.aeron.cluster.service.ClusteredServiceContainer$Context",
          "io.aeron.driver.MediaDriver$Context");

  @ArchTest
  static final ArchRule PARAMETERS_ARE_SIX_AT_THE_MOST =
      codeUnits()
          .that()
          .areDeclaredInClassesThat()
          .resideOutsideOfPackages("gongbei.verifier.protocol..", "gongbei..jmh_generated..")
          .should(
              new ArchCondition<JavaCodeUnit>("have six parameters at the most") {
                @Override
                public void check(JavaCodeUnit unit, ConditionEvents events) {
                  if (parametersOf(unit) > 6 && !MANY_PARAMETERS.contains(nameOf(unit))) {
                    events.add(SimpleConditionEvent.violated(unit, nameOf(unit)));
                  }
                }
              });

  @ArchTest
  static final ArchRule PARTS_OF_AERON_TELL_THE_TIME_BY_THE_CLOCK_THAT_IS_SAID =
      codeUnits()
          .that()
          .areDeclaredInClassesThat()
          .resideInAPackage("gongbei.replication..")
          .should(
              new ArchCondition<JavaCodeUnit>("set the clock of each part of Aeron") {
                @Override
                public void check(JavaCodeUnit unit, ConditionEvents events) {
                  final Set<String> said =
                      unit.getMethodCallsFromSelf().stream()
                          .filter(call -> call.getName().equals("epochClock"))
                          .map(call -> call.getTargetOwner().getName())
                          .collect(Collectors.toSet());
                  unit.getConstructorCallsFromSelf().stream()
                      .map(call -> call.getTargetOwner().getName())
                      .filter(WITH_A_CLOCK::contains)
                      .filter(context -> !said.contains(context))
                      .forEach(
                          context ->
                              events.add(
                                  SimpleConditionEvent.violated(
                                      unit, nameOf(unit) + " sets no clock of " + context)));
                }
              });

  private static String nameOf(JavaCodeUnit unit) {
    return unit.getOwner().getName() + "." + unit.getName();
  }

  /** The parameters that are written: a lambda's captured values and an enum's name are not. */
  private static int parametersOf(JavaCodeUnit unit) {
    if (unit.getModifiers().contains(JavaModifier.SYNTHETIC)) {
      return 0;
    }
    final boolean isOfEnum = unit.isConstructor() && unit.getOwner().isEnum();
    return unit.getRawParameterTypes().size() - (isOfEnum ? 2 : 0);
  }
}
