package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import gongbei.replication.context.MemberAddress;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.ReplicationConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Kubernetes manifests against its schemas, the node's settings, and each other. */
final class KubernetesTest {
  private static final Path MANIFESTS = Path.of("packaging", "kubernetes");
  private static final Path DEFINITIONS =
      Path.of("src", "test", "resources", "kubernetes", "definitions.json");
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * Which definition a kind has. A disruption budget's of v1 is not among those that are kept; the
   * fields of v1beta1 are the same.
   */
  private static final Map<String, String> KINDS =
      Map.of(
          "v1 Service", "io.k8s.api.core.v1.Service",
          "v1 PersistentVolumeClaim", "io.k8s.api.core.v1.PersistentVolumeClaim",
          "v1 ConfigMap", "io.k8s.api.core.v1.ConfigMap",
          "v1 Secret", "io.k8s.api.core.v1.Secret",
          "apps/v1 StatefulSet", "io.k8s.api.apps.v1.StatefulSet",
          "apps/v1 Deployment", "io.k8s.api.apps.v1.Deployment",
          "policy/v1 PodDisruptionBudget", "io.k8s.api.policy.v1beta1.PodDisruptionBudget",
          "networking.k8s.io/v1 NetworkPolicy", "io.k8s.api.networking.v1.NetworkPolicy");

  @TempDir private Path directory;

  private static List<JsonNode> objects(Path file) throws IOException {
    final List<JsonNode> objects = new ArrayList<>();
    for (final JsonNode each :
        YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile()).readAll()) {
      if (!each.isNull() && !each.isMissingNode()) {
        objects.add(each);
      }
    }
    return objects;
  }

  private static List<JsonNode> manifests() throws IOException {
    final List<JsonNode> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(MANIFESTS)) {
      for (final Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        all.addAll(objects(file));
      }
    }
    assertEquals(10, all.size(), all.toString());
    return all;
  }

  private static JsonNode manifest(String kind, String name) throws IOException {
    return manifests().stream()
        .filter(each -> each.path("kind").asText().equals(kind))
        .filter(each -> each.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Forbids what a definition does not name, wherever it names fields. */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      if (object.path("properties").isObject() && !object.has("additionalProperties")) {
        object.put("additionalProperties", false);
      }
      object.forEach(KubernetesTest::close);
    } else {
      schema.forEach(KubernetesTest::close);
    }
  }

  private static List<String> faults(JsonNode object) throws IOException {
    final String kind = object.path("apiVersion").asText() + " " + object.path("kind").asText();
    assertTrue(KINDS.containsKey(kind), kind);
    return faults(object, KINDS.get(kind));
  }

  private static List<String> faults(JsonNode object, String definition) throws IOException {
    final ObjectNode whole = (ObjectNode) new ObjectMapper().readTree(DEFINITIONS.toFile());
    whole.path("definitions").forEach(KubernetesTest::close);
    whole.put("$ref", "#/definitions/" + definition);
    final Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(whole);
    return schema.validate(object).stream().map(Error::toString).toList();
  }

  @Test
  void everyManifestIsAsThePublishedSchemasHaveIt() throws Exception {
    for (final JsonNode object : manifests()) {
      if (!object.path("kind").asText().equals("CronJob")) {
        assertEquals(List.of(), faults(object), object.at("/metadata/name").asText());
      }
    }
  }

  private static Set<String> fields(JsonNode object) {
    final Set<String> fields = new HashSet<>();
    object.fieldNames().forEachRemaining(fields::add);
    return fields;
  }

  /**
   * A CronJob's definition is not among those that are kept, and that of the pods it makes is: its
   * own fields are those that batch/v1 has, by hand.
   */
  @Test
  void theBackupsJobHasFieldsThatThereAreAndPodsAsThePublishedSchemasHaveThem() throws Exception {
    final JsonNode backup = manifest("CronJob", "gongbei-backup");
    assertEquals("batch/v1", backup.path("apiVersion").asText());
    assertEquals(Set.of("apiVersion", "kind", "metadata", "spec"), fields(backup));
    assertEquals(
        Set.of(
            "schedule",
            "concurrencyPolicy",
            "startingDeadlineSeconds",
            "successfulJobsHistoryLimit",
            "failedJobsHistoryLimit",
            "jobTemplate"),
        fields(backup.path("spec")));
    assertTrue(backup.at("/spec/schedule").asText().matches("[0-9]+ [0-9]+ \\* \\* \\*"));
    assertEquals("Forbid", backup.at("/spec/concurrencyPolicy").asText());
    assertEquals(Set.of("spec"), fields(backup.at("/spec/jobTemplate")));
    final JsonNode job = backup.at("/spec/jobTemplate/spec");
    assertEquals(Set.of("backoffLimit", "activeDeadlineSeconds", "template"), fields(job));
    assertEquals(List.of(), faults(job.path("template"), "io.k8s.api.core.v1.PodTemplateSpec"));
    final ObjectNode misspelt = job.path("template").deepCopy();
    ((ObjectNode) misspelt.path("spec")).put("restartPolici", "Never");
    assertEquals(1, faults(misspelt, "io.k8s.api.core.v1.PodTemplateSpec").size());
    assertEquals("Never", job.at("/template/spec/restartPolicy").asText());
  }

  @Test
  void theBackupIsMadeAsTheReplicasAreAndIsReachedByTheMembersAtThePodsAddress() throws Exception {
    final JsonNode pod =
        manifest("CronJob", "gongbei-backup").at("/spec/jobTemplate/spec/template");
    final JsonNode replica = manifest("Deployment", "gongbei-replica").at("/spec/template");
    final JsonNode container = pod.at("/spec/containers/0");
    final JsonNode replicas = replica.at("/spec/containers/0");
    for (final String same : List.of("image", "env", "securityContext")) {
      assertEquals(replicas.path(same), container.path(same), same);
    }
    assertEquals(replica.at("/spec/securityContext"), pod.at("/spec/securityContext"));
    final List<String> args = new ArrayList<>();
    container.path("args").forEach(arg -> args.add(arg.asText()));
    assertEquals(List.of("--replication-host", "$(POD_IP)"), args.subList(6, 8));
    Gongbei.commandLine().parseArgs(args.toArray(new String[0]));
    final Map<String, JsonNode> volumes = new HashMap<>();
    pod.at("/spec/volumes").forEach(each -> volumes.put(each.path("name").asText(), each));
    final Map<String, String> mounts = new HashMap<>();
    container
        .path("volumeMounts")
        .forEach(each -> mounts.put(each.path("name").asText(), each.path("mountPath").asText()));
    assertEquals(volumes.keySet(), mounts.keySet());
    final NodeConfig config = config("replica.yaml");
    assertTrue(args.get(3).equals(mounts.get("config") + "/replica.yaml"));
    assertTrue(args.get(5).startsWith(mounts.get("backups") + "/"));
    assertTrue(config.replication().secretFile().startsWith(mounts.get("secrets")));
    replica
        .at("/spec/volumes")
        .forEach(
            each -> {
              if (volumes.containsKey(each.path("name").asText())) {
                assertEquals(each, volumes.get(each.path("name").asText()));
              }
            });
    final String claim = volumes.get("backups").at("/persistentVolumeClaim/claimName").asText();
    assertEquals(claim, manifest("PersistentVolumeClaim", claim).at("/metadata/name").asText());
  }

  @Test
  void theSchemasFindAFieldThatIsMisspeltMissingOrOfAnotherType() throws Exception {
    final ObjectNode misspelt = manifest("StatefulSet", "gongbei-member").deepCopy();
    ((ObjectNode) misspelt.at("/spec/template/spec/containers/0")).put("readinesProbe", 1);
    assertEquals(1, faults(misspelt).size());
    final ObjectNode missing = manifest("StatefulSet", "gongbei-member").deepCopy();
    ((ObjectNode) missing.path("spec")).remove("selector");
    assertEquals(1, faults(missing).size());
    final ObjectNode typed = manifest("Deployment", "gongbei-replica").deepCopy();
    ((ObjectNode) typed.path("spec")).put("replicas", "two");
    assertEquals(1, faults(typed).size());
    final ObjectNode budget = manifest("PodDisruptionBudget", "gongbei-members").deepCopy();
    ((ObjectNode) budget.path("spec")).put("maxUnavailabel", 1);
    assertEquals(1, faults(budget).size());
  }

  private NodeConfig config(String name) throws Exception {
    final String text = manifest("ConfigMap", "gongbei-config").path("data").path(name).asText();
    assertFalse(text.isEmpty(), name);
    return NodeConfig.read(Files.writeString(directory.resolve(name), text));
  }

  private static List<JsonNode> workloads() throws IOException {
    return List.of(
        manifest("StatefulSet", "gongbei-member"), manifest("Deployment", "gongbei-replica"));
  }

  @Test
  void everyMemberFindsAConfigurationOfItsOwnByItsNameAndKnowsTheOthers() throws Exception {
    final JsonNode members = manifest("StatefulSet", "gongbei-member");
    final int replicas = members.at("/spec/replicas").asInt();
    final String service = members.at("/spec/serviceName").asText();
    final JsonNode headless = manifest("Service", service);
    assertEquals("None", headless.at("/spec/clusterIP").asText());
    assertTrue(headless.at("/spec/publishNotReadyAddresses").asBoolean());
    assertEquals("Parallel", members.at("/spec/podManagementPolicy").asText());
    final List<String> hosts = new ArrayList<>();
    for (int id = 0; id < replicas; id++) {
      hosts.add("gongbei-member-" + id + "." + service);
    }
    for (int id = 0; id < replicas; id++) {
      final NodeConfig config = config("gongbei-member-" + id + ".yaml");
      assertEquals(NodeConfig.Role.MEMBER, config.role());
      assertEquals(id, config.replication().memberId());
      assertEquals(
          hosts,
          config.replication().members().stream().map(ReplicationConfig.Member::host).toList());
    }
    final NodeConfig replica = config("replica.yaml");
    assertEquals(NodeConfig.Role.REPLICA, replica.role());
    assertEquals(
        hosts,
        replica.replication().members().stream().map(ReplicationConfig.Member::host).toList());
    assertEquals(Optional.empty(), replica.signingKeyDirectory());
    assertEquals(Optional.empty(), replica.subjectSecretFile());
    assertEquals("10.1.2.3", replica.withReplicationHost("10.1.2.3").replication().host());
  }

  @Test
  void aBudgetLeavesAMajorityAndSelectsWhatItIsAbout() throws Exception {
    for (final JsonNode workload : workloads()) {
      final JsonNode labels = workload.at("/spec/template/metadata/labels");
      assertEquals(labels, workload.at("/spec/selector/matchLabels"));
      final String budget =
          workload.path("kind").asText().equals("StatefulSet")
              ? "gongbei-members"
              : "gongbei-replicas";
      final JsonNode spec = manifest("PodDisruptionBudget", budget).path("spec");
      assertEquals(labels, spec.at("/selector/matchLabels"));
      final int replicas = workload.at("/spec/replicas").asInt();
      assertEquals(1, spec.path("maxUnavailable").asInt());
      assertTrue(replicas - 1 > replicas / 2 || budget.equals("gongbei-replicas"));
    }
    for (final String service : List.of("gongbei", "gongbei-members")) {
      final JsonNode selector = manifest("Service", service).at("/spec/selector");
      assertTrue(
          workloads().stream()
              .anyMatch(each -> each.at("/spec/template/metadata/labels").equals(selector)),
          service);
    }
  }

  @Test
  void podsArePrivateAndAskedWhatNodesAnswer() throws Exception {
    final String paths = Files.readString(Path.of("src/main/resources/gongbei/openapi.yaml"));
    for (final JsonNode workload : workloads()) {
      final JsonNode pod = workload.at("/spec/template/spec");
      final JsonNode container = pod.at("/containers/0");
      assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean());
      assertTrue(
          Files.readString(Path.of("packaging", "Containerfile"))
              .contains("USER " + pod.at("/securityContext/runAsUser").asText() + ":"));
      assertTrue(container.at("/securityContext/readOnlyRootFilesystem").asBoolean());
      assertEquals(
          Files.readString(Path.of("packaging", "gongbei.service"))
              .replaceAll("(?s).*TimeoutStopSec=([0-9]+).*", "$1"),
          pod.path("terminationGracePeriodSeconds").asText());
      for (final String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        final JsonNode asked = container.path(probe).path("httpGet");
        assertTrue(paths.contains("\n  " + asked.path("path").asText() + ":\n"), probe);
        assertEquals("https", asked.path("port").asText());
        assertEquals("HTTPS", asked.path("scheme").asText());
      }
    }
  }

  @Test
  void whatIsMountedIsThereAndEveryFileOfAConfigurationIsUnderIt() throws Exception {
    for (final JsonNode workload : workloads()) {
      final JsonNode pod = workload.at("/spec/template/spec");
      final Set<String> volumes = new HashSet<>();
      pod.path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
      workload
          .at("/spec/volumeClaimTemplates")
          .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
      final Set<String> mounted = new HashSet<>();
      final List<Path> places = new ArrayList<>();
      for (final JsonNode mount : pod.at("/containers/0/volumeMounts")) {
        mounted.add(mount.path("name").asText());
        places.add(Path.of(mount.path("mountPath").asText()));
      }
      assertEquals(volumes, mounted);
      final boolean isMember = workload.path("kind").asText().equals("StatefulSet");
      final NodeConfig config = config(isMember ? "gongbei-member-0.yaml" : "replica.yaml");
      final List<Path> files = new ArrayList<>();
      files.add(config.dataDirectory().orElseThrow());
      files.add(config.deviceFile().orElseThrow());
      files.add(config.access().apiKeyFile());
      files.add(config.http().tls().certificateFile());
      files.add(config.replication().secretFile());
      files.add(config.trustDirectory().orElseThrow().resolve("GD1"));
      if (isMember) {
        files.add(config.signingKeyDirectory().orElseThrow());
        files.add(config.authorityDirectory().orElseThrow());
        files.add(config.subjectSecretFile().orElseThrow());
      }
      for (final Path file : files) {
        assertTrue(places.stream().anyMatch(file::startsWith), file.toString());
      }
      final List<String> args = new ArrayList<>();
      pod.at("/containers/0/args")
          .forEach(
              arg ->
                  args.add(
                      arg.asText()
                          .replace("$(POD_NAME)", "gongbei-member-0")
                          .replace("$(POD_IP)", "10.0.0.9")));
      Gongbei.commandLine().parseArgs(args.toArray(new String[0]));
      assertTrue(args.get(2).startsWith("/etc/gongbei/config/"), args.toString());
    }
  }

  @Test
  void thePortsAreThoseOfTheConfigurationsAndTheNetworkPolicyLetsThemThrough() throws Exception {
    final NodeConfig config = config("gongbei-member-0.yaml");
    final Set<String> open = new HashSet<>();
    for (final JsonNode rule : manifest("NetworkPolicy", "gongbei").at("/spec/ingress")) {
      rule.path("ports")
          .forEach(
              port ->
                  open.add(
                      port.path("protocol").asText()
                          + " "
                          + port.path("port").asInt()
                          + "-"
                          + port.path("endPort").asInt(port.path("port").asInt())));
    }
    final int base = config.replication().members().get(0).basePort();
    assertEquals(
        Set.of(
            "TCP " + config.http().port() + "-" + config.http().port(),
            "TCP " + config.tcp().port() + "-" + config.tcp().port(),
            "UDP " + base + "-" + (base + MemberAddress.PORTS - 1),
            "UDP 9890-9891",
            "UDP 32768-60999"),
        open);
    for (final JsonNode workload : workloads()) {
      final Map<String, Integer> ports = new HashMap<>();
      workload
          .at("/spec/template/spec/containers/0/ports")
          .forEach(
              port -> ports.put(port.path("name").asText(), port.path("containerPort").asInt()));
      assertEquals(Map.of("https", config.http().port(), "devices", config.tcp().port()), ports);
    }
  }

  @Test
  void theSecretsHoldWhatTheirDirectoryHoldsAndAreWhatIsMounted() throws Exception {
    final Path keys = directory.resolve("keys");
    final Installation installation = new Installation(Files.createDirectories(keys));
    Files.write(keys.resolve("secrets/cluster.secret"), new byte[32]);
    final Process process =
        new ProcessBuilder(MANIFESTS.resolve("secrets").toString(), installation.at(""))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    final Path written = directory.resolve("secrets.yaml");
    Files.write(written, process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor());
    final Map<String, JsonNode> made = new HashMap<>();
    for (final JsonNode object : objects(written)) {
      assertEquals(List.of(), faults(object), object.at("/metadata/name").asText());
      made.put(object.path("kind").asText() + " " + object.at("/metadata/name").asText(), object);
    }
    for (final JsonNode workload : workloads()) {
      for (final JsonNode volume : workload.at("/spec/template/spec/volumes")) {
        if (volume.has("secret")) {
          assertEquals(0440, volume.at("/secret/defaultMode").asInt());
          final String name = volume.at("/secret/secretName").asText();
          assertTrue(made.containsKey("Secret " + name), name);
        } else if (volume.has("configMap")
            && !volume.at("/configMap/name").asText().equals("gongbei-config")
            && !volume.at("/configMap/optional").asBoolean()) {
          final String name = volume.at("/configMap/name").asText();
          assertTrue(made.containsKey("ConfigMap " + name), name);
        }
      }
    }
    assertArrayEquals(
        Files.readAllBytes(keys.resolve("tls/server.key.pem")),
        Base64.getDecoder()
            .decode(
                made.get("Secret gongbei-tls")
                    .at("/data")
                    .path("server.key.pem")
                    .asText()
                    .getBytes(StandardCharsets.US_ASCII)));
    assertFalse(made.get("Secret gongbei-secrets-replica").path("data").has("subject.secret"));
    assertEquals(2, made.get("Secret gongbei-signing").path("data").size());
    assertTrue(made.containsKey("ConfigMap gongbei-trust-gd1"));
  }
}
