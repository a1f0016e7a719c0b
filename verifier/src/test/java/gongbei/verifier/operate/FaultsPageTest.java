package gongbei.verifier.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.replication.cluster.ClusterNode;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.log.LogRole;
import gongbei.testing.Document;
import gongbei.testing.FreePorts;
import gongbei.testing.LiveFiles;
import gongbei.testing.Patience;
import gongbei.testing.Prerequisite;
import gongbei.testing.SecretFile;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import io.aeron.archive.checksum.Checksums;
import io.aeron.cluster.codecs.MessageHeaderDecoder;
import io.aeron.cluster.codecs.NewLeadershipTermEventDecoder;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.IoUtil;
import org.agrona.SemanticVersion;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code docs/operate/faults.md}: each of its rows names a fault and quotes what is printed then;
 * here each fault is made, and has to print that. An ellipsis stands for what differs.
 */
final class FaultsPageTest {
  private static final Pattern QUOTE = Pattern.compile("`([^`]+)`");
  private static final int DISK_MEBIBYTES = 48;
  private static final int MEMBERS = 3;
  private static final int NEWER_PROTOCOL = 100;
  private static final String SUBJECT = "00000000000000010000000000000001";

  @TempDir private Path directory;

  private final Map<String, Fault> faults = new LinkedHashMap<>();

  /** Makes a fault. */
  private interface Fault {
    void befall(FaultScene scene) throws Exception;
  }

  FaultsPageTest() {
    faults.put("a setting is not known", FaultsPageTest::unknownSetting);
    faults.put("a setting is out of range", FaultsPageTest::settingOutOfRange);
    faults.put("a port is taken", FaultsPageTest::portTaken);
    faults.put("a UDP port of a member is taken", FaultsPageTest::memberPortTaken);
    faults.put("the data directory is in use", FaultsPageTest::directoryLocked);
    faults.put("the data directory is another node's", FaultsPageTest::directoryOfAnother);
    faults.put("the data directory can't be written", FaultsPageTest::directoryNotWritable);
    faults.put("a directory of keys is missing", FaultsPageTest::trustDirectoryMissing);
    faults.put(
        "a region's certificate lies in no format's directory", FaultsPageTest::certificateOfOld);
    faults.put("there is no signing key of the region", FaultsPageTest::noKeyOfRegion);
    faults.put("the trust list holds no signing key", FaultsPageTest::keyNotTrusted);
    faults.put("a token with signing keys can't be opened", FaultsPageTest::tokenAtFault);
    faults.put("a TLS file is at fault", FaultsPageTest::tlsFileAtFault);
    faults.put("the audit file is in use", FaultsPageTest::auditFileInUse);
    faults.put("the audit file is damaged", FaultsPageTest::auditFileDamaged);
    faults.put("there is too little room to start", FaultsPageTest::lowStorage);
    faults.put("the node was not stopped but killed", FaultsPageTest::mapNotWhole);
    faults.put("the map's file was changed", FaultsPageTest::mapChanged);
    faults.put("the disk was full, or the power failed", FaultsPageTest::cutShort);
    faults.put("the end of the log is damaged", FaultsPageTest::damagedLog);
    faults.put("the log is damaged before its end", FaultsPageTest::damagedWithin);
    faults.put(
        "the log was written by a newer release, or the leader is of one",
        FaultsPageTest::newerLog);
    faults.put("the disk is full", FaultsPageTest::diskFull);
    faults.put("the disk of the receipts is full", FaultsPageTest::auditDiskFull);
    faults.put(
        "the audit file was moved away, or its disk was gone for a while",
        FaultsPageTest::auditFileMoved);
    faults.put("a file of the trust list can't be read", FaultsPageTest::trustListAtFault);
    faults.put("a TLS file can't be read again", FaultsPageTest::tlsFileAtFaultLater);
    faults.put("a server's TLS certificate has ended", FaultsPageTest::certificateEnded);
    faults.put("a ruleset can't be read again", FaultsPageTest::rulesetAtFault);
    faults.put("the file of devices can't be read again", FaultsPageTest::deviceFileAtFault);
    faults.put("a signing key is trusted no more", FaultsPageTest::keyTrustedNoMore);
    faults.put("no signing key is valid", FaultsPageTest::noSigningKey);
    faults.put("minting is down", FaultsPageTest::mintingDown);
    faults.put("more is asked than the node can do", FaultsPageTest::ringFull);
    faults.put("the map is full", FaultsPageTest::mapFull);
    faults.put("a time in a file of residents has no offset", FaultsPageTest::noOffset);
    faults.put("a file of revoked codes is broken", FaultsPageTest::revokedAtFault);
    faults.put("a clock is wrong", FaultsPageTest::clockWrong);
    faults.put(
        "a change is signed for another region or cluster", FaultsPageTest::signedForAnother);
    faults.put("a key for HTTP is missing, wrong or of another role", FaultsPageTest::keyAtFault);
    faults.put("a node can't be reached", FaultsPageTest::unreachable);
    faults.put("a change is sent to a replica", FaultsPageTest::changeToReplica);
    faults.put("a replica reaches no member", FaultsPageTest::replicaAlone);
    faults.put("the disk of a replica is full", FaultsPageTest::replicaDiskFull);
    faults.put(
        "a node has another secret, or somebody else sends to the cluster's ports",
        FaultsPageTest::wrongSecret);
    faults.put("a member starts before the others", FaultsPageTest::memberAlone);
    faults.put("residents are loaded into a member's directory", FaultsPageTest::loadIntoMember);
    faults.put(
        "a replica had more than a backup that was restored", FaultsPageTest::restoredUnderReplica);
    faults.put("a member was not restored with the others", FaultsPageTest::memberNotRestored);
    faults.put("a member's state is not its leader's", FaultsPageTest::memberForked);
    faults.put("a member has applied more than its leader's log has", FaultsPageTest::memberAhead);
    faults.put("no member leads for long", FaultsPageTest::nobodyLeadsInTime);
    faults.put("there is no leader", FaultsPageTest::noLeader);
  }

  /** Fault and quotes of each row. */
  private static Map<String, List<String>> rows() throws Exception {
    final Map<String, List<String>> rows = new LinkedHashMap<>();
    for (final String line : Document.FAULTS.lines()) {
      final String[] cells = line.split("(?<!\\\\)\\|", -1);
      if (cells.length == 5 && cells[2].contains("`")) {
        final List<String> quotes = new ArrayList<>();
        final Matcher quote = QUOTE.matcher(cells[2]);
        while (quote.find()) {
          quotes.add(quote.group(1).replace("\\|", "|"));
        }
        assertEquals(null, rows.put(cells[1].strip(), quotes), line);
      }
    }
    return rows;
  }

  @Test
  void everyRowIsMadeHereAndEveryFaultHasARow() throws Exception {
    assertEquals(faults.keySet(), rows().keySet());
  }

  @TestFactory
  Stream<DynamicTest> whatTheRowQuotesIsPrinted() throws Exception {
    final Map<String, List<String>> rows = rows();
    return faults.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> check(entry.getValue(), rows.getOrDefault(entry.getKey(), List.of()))));
  }

  private void check(Fault fault, List<String> quotes) throws Exception {
    final List<String> printed;
    try (FaultScene scene = new FaultScene(Files.createTempDirectory(directory, "fault"))) {
      fault.befall(scene);
      printed = scene.printed();
    }
    Files.writeString(
        Path.of("target", "faults-printed.txt"),
        "== " + quotes + "\n" + String.join("\n", printed) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    assertFalse(quotes.isEmpty(), () -> String.join("\n", printed));
    for (final String quote : quotes) {
      final Pattern line = pattern(quote);
      assertTrue(
          printed.stream().anyMatch(each -> line.matcher(each).find()),
          () -> quote + " is not in\n" + String.join("\n", printed));
    }
  }

  private static Pattern pattern(String quote) {
    final List<String> parts = new ArrayList<>();
    for (final String part : quote.split("…", -1)) {
      parts.add(Pattern.quote(part));
    }
    return Pattern.compile(String.join(".*", parts));
  }

  private static void unknownSetting(FaultScene scene) throws Exception {
    assertEquals(2, scene.run("serve", "--config", scene.config("n.yaml", "regoin: GD") + ""));
  }

  private static void settingOutOfRange(FaultScene scene) throws Exception {
    final Path config = scene.config("n.yaml", "reloadSeconds: 0");
    assertEquals(2, scene.run("serve", "--config", config.toString()));
  }

  private static void portTaken(FaultScene scene) throws Exception {
    final ServerSocket taken =
        scene.closing(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    final String http = "http: {host: 127.0.0.1, port: " + taken.getLocalPort() + "}";
    assertEquals(3, scene.run("serve", "--config", scene.config("n.yaml", http).toString()));
  }

  private static String members(int basePort, int count) {
    final StringBuilder members = new StringBuilder("  members:\n");
    for (int id = 0; id < count; id++) {
      members
          .append("    - {host: 127.0.0.1, basePort: ")
          .append(basePort + id * MemberAddress.PORTS)
          .append("}\n");
    }
    return members
        + "  logTermBytes: 1048576\n  segmentBytes: 1048576\n  feedBytes: 2097152\n"
        + "  lowStorageBytes: 1048576";
  }

  private static void memberPortTaken(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS);
    for (int i = 0; i < MemberAddress.PORTS; i++) {
      scene.closing(new DatagramSocket(basePort + i, InetAddress.getLoopbackAddress()));
    }
    final Path config =
        scene.config(
            "n.yaml",
            "role: member",
            "dataDirectory: data",
            "replication:\n  memberId: 0",
            members(basePort, MEMBERS));
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void directoryLocked(FaultScene scene) throws Exception {
    final Path data = Files.createDirectories(scene.directory.resolve("data"));
    final FileChannel lock =
        scene.closing(
            FileChannel.open(
                data.resolve("status.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    assertTrue(lock.tryLock().isValid());
    final Path config = scene.config("n.yaml", "dataDirectory: data");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  /** A file in its place is what root can't write to either. */
  private static void directoryNotWritable(FaultScene scene) throws Exception {
    Files.writeString(scene.directory.resolve("file"), "x");
    final Path config = scene.config("n.yaml", "dataDirectory: file/data");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void trustDirectoryMissing(FaultScene scene) throws Exception {
    final Path config = scene.config("n.yaml", "trustDirectory: keys");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void certificateOfOld(FaultScene scene) throws Exception {
    final SigningKey key = scene.issuer("keys", 10);
    Files.move(
        scene.directory.resolve("keys/GD1/gd-" + key.issuerKey().kidHex() + ".cert.pem"),
        scene.directory.resolve("keys/old.pem"));
    final Path config = scene.config("n.yaml", "trustDirectory: keys");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void signedForAnother(FaultScene scene) throws Exception {
    scene.authority("authority");
    final Node node = scene.start(scene.config("n.yaml", "authorityDirectory: authority"));
    assertEquals(
        1,
        scene.run(
            "link",
            "--url",
            FaultScene.url(node),
            "--node-region",
            "MO",
            "--authority-keys",
            scene.directory.resolve("authority").toString(),
            "--other",
            "00000000000000010000000000000001",
            "--withdraw"));
  }

  private static void tokenAtFault(FaultScene scene) throws Exception {
    SecretFile.write(scene.directory.resolve("pin"), "1234");
    final Path config =
        scene.config(
            "n.yaml",
            "signingToken: {library: /nowhere/libtoken.so, token: gongbei, keys: [gd], pinFile: pin}");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void keyAtFault(FaultScene scene) throws Exception {
    final String file = scene.directory.resolve("api.keys").toString();
    assertEquals(
        0, scene.run("apikey", "create", "--file", file, "--name", "Gate", "--role", "checkpoint"));
    final Path key = scene.directory.resolve("gate.key");
    SecretFile.write(key, scene.printed().get(scene.printed().size() - 1).strip());
    final Path wrong = scene.directory.resolve("wrong.key");
    SecretFile.write(wrong, "gk_0123456789abcdef0123456789abcdef0123456789a");
    final Node node = scene.start(scene.config("n.yaml", "access: {apiKeyFile: api.keys}"));
    final String url = FaultScene.url(node);
    assertEquals(1, scene.run("holder", "show", "--url", url, "--subject", SUBJECT));
    assertEquals(
        1,
        scene.run(
            "holder", "show", "--url", url, "--api-key-file", wrong + "", "--subject", SUBJECT));
    assertEquals(
        1,
        scene.run(
            "holder", "show", "--url", url, "--api-key-file", key + "", "--subject", SUBJECT));
  }

  private static String tls() {
    return "http: {host: 127.0.0.1, port: 0, allowAnonymous: true, tls: {certificateFile:"
        + " tls/server.cert.pem, keyFile: tls/server.key.pem}}";
  }

  private static void makeTls(FaultScene scene) {
    final Path ca = scene.directory.resolve("ca");
    final Path tls = scene.directory.resolve("tls");
    assertEquals(0, scene.run("keygen", "--tls-ca", "CA", "--out", ca.toString()));
    assertEquals(
        0,
        scene.run(
            "keygen", "--tls-server", "localhost", "--ca", ca.toString(), "--out", tls.toString()));
  }

  private static void certificateEnded(FaultScene scene) throws Exception {
    final Instant until = Instant.now().minus(Duration.ofDays(1));
    final Path ca = scene.directory.resolve("ca");
    assertEquals(0, scene.run("keygen", "--tls-ca", "CA", "--out", ca.toString()));
    new TlsKeyGeneration(false, until.minus(Duration.ofDays(10)), until)
        .server(TlsKeyGeneration.TlsKey.read(ca), List.of("localhost", "127.0.0.1"))
        .write("server", scene.directory.resolve("tls"));
    final Node node = scene.start(scene.config("n.yaml", tls()));
    assertEquals(
        3,
        scene.run(
            "status",
            "--url",
            "https://127.0.0.1:" + node.httpPort(),
            "--ca",
            ca.resolve("ca.cert.pem").toString()));
  }

  private static void tlsFileAtFault(FaultScene scene) throws Exception {
    makeTls(scene);
    Files.writeString(scene.directory.resolve("tls/server.cert.pem"), "nonsense");
    final int code = scene.run("serve", "--config", scene.config("n.yaml", tls()).toString());
    assertTrue(code == 2 || code == 3, () -> "" + code);
  }

  private static String[] translating() {
    return new String[] {"dataDirectory: data", "subjectSecretFile: secrets/subject.secret"};
  }

  private static void makeSecret(FaultScene scene) {
    assertEquals(
        0,
        scene.run(
            "keygen", "--subject-secret", "--out", scene.directory.resolve("secrets").toString()));
  }

  private static void auditFileInUse(FaultScene scene) throws Exception {
    makeSecret(scene);
    final Path data = Files.createDirectories(scene.directory.resolve("data"));
    final FileChannel lock =
        scene.closing(
            FileChannel.open(
                data.resolve("audit.jsonl.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE));
    assertTrue(lock.tryLock().isValid());
    final Path config = scene.config("n.yaml", translating());
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void auditFileDamaged(FaultScene scene) throws Exception {
    makeSecret(scene);
    final Path data = Files.createDirectories(scene.directory.resolve("data"));
    Files.writeString(data.resolve("audit.jsonl"), "nonsense\nnonsense\n");
    final Path config = scene.config("n.yaml", translating());
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static String[] single() {
    return new String[] {
      "dataDirectory: data",
      "authorityDirectory: authority",
      "replication:",
      "  logTermBytes: 1048576",
      "  segmentBytes: 1048576",
      "  feedBytes: 1048576",
      "  lowStorageBytes: 1048576"
    };
  }

  private static void lowStorage(FaultScene scene) throws Exception {
    final Path config =
        scene.config(
            "n.yaml", "dataDirectory: data", "replication: {lowStorageBytes: " + (1L << 60) + "}");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  /** Starts a node, has it write, and copies its files to {@code crashed} while it runs. */
  private static Path crash(FaultScene scene) throws Exception {
    scene.authority("authority");
    final Node node = scene.start(scene.config("n.yaml", single()));
    for (int i = 0; i < 20; i++) {
      node.resources().log().submit(FaultScene.green(i)).get(Patience.SECONDS, TimeUnit.SECONDS);
    }
    final Path crashed = scene.directory.resolve("crashed");
    LiveFiles.copy(scene.directory.resolve("data"), crashed);
    scene.stop(node);
    return crashed;
  }

  private static String[] onCrashed() {
    final String[] lines = single();
    lines[0] = "dataDirectory: crashed";
    return lines;
  }

  private static void requireAll(Node node) throws Exception {
    Patience.await("all is there", () -> node.resources().statusMap().version() == 20);
  }

  private static void mapNotWhole(FaultScene scene) throws Exception {
    crash(scene);
    requireAll(scene.start(scene.config("c.yaml", onCrashed())));
  }

  private static void mapChanged(FaultScene scene) throws Exception {
    final Path crashed = crash(scene);
    final Node node = scene.start(scene.config("c.yaml", onCrashed()));
    requireAll(node);
    scene.stop(node);
    try (RandomAccessFile file =
        new RandomAccessFile(crashed.resolve("status.map").toFile(), "rw")) {
      file.seek(4_096);
      file.write(file.read() ^ 1);
    }
    requireAll(scene.start(scene.config("c.yaml", onCrashed())));
  }

  /** Appends a frame whose last so many bytes are not what its checksum says. */
  private static void append(Path log, int frameBytes, int written) throws Exception {
    final ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
    int end = 0;
    while (bytes.getInt(end) > 0) {
      end += (bytes.getInt(end) + 31) & -32;
    }
    final byte[] header = new byte[32];
    bytes.get(0, header);
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(0, frameBytes).putInt(8, end);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(end);
      file.write(header);
      for (int i = 32; i < written; i++) {
        file.write(1);
      }
    }
  }

  private static void cutShort(FaultScene scene) throws Exception {
    append(crash(scene).resolve("archive").resolve("0-0.rec"), 8_192, 3_000);
    requireAll(scene.start(scene.config("c.yaml", onCrashed())));
  }

  private static void damagedLog(FaultScene scene) throws Exception {
    append(crash(scene).resolve("archive").resolve("0-0.rec"), 4_096, 4_096);
    final Path config = scene.config("c.yaml", onCrashed());
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  /** Makes every term that a log holds one whose leader spoke a newer protocol. */
  private static int raiseProtocol(Path log) throws Exception {
    final UnsafeBuffer frames = new UnsafeBuffer(ByteBuffer.allocateDirect((int) Files.size(log)));
    frames.putBytes(0, Files.readAllBytes(log));
    final MessageHeaderDecoder header = new MessageHeaderDecoder();
    int terms = 0;
    for (int at = 0; at < frames.capacity() && frames.getInt(at) > 0; ) {
      final int message = at + DataHeaderFlyweight.HEADER_LENGTH;
      final int next = at + BitUtil.align(frames.getInt(at), FrameDescriptor.FRAME_ALIGNMENT);
      header.wrap(frames, message);
      if (header.schemaId() == NewLeadershipTermEventDecoder.SCHEMA_ID
          && header.templateId() == NewLeadershipTermEventDecoder.TEMPLATE_ID) {
        frames.putInt(
            message
                + MessageHeaderDecoder.ENCODED_LENGTH
                + NewLeadershipTermEventDecoder.appVersionEncodingOffset(),
            SemanticVersion.compose(0, NEWER_PROTOCOL, 1));
        // A recorded frame has its checksum in the place of its session.
        frames.putInt(
            at + DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET,
            Checksums.crc32c().compute(frames.addressOffset(), message, next - message));
        terms++;
      }
      at = next;
    }
    final byte[] bytes = new byte[frames.capacity()];
    frames.getBytes(0, bytes);
    Files.write(log, bytes);
    return terms;
  }

  private static void newerLog(FaultScene scene) throws Exception {
    final Path crashed = crash(scene);
    int terms = 0;
    try (Stream<Path> files = Files.list(crashed.resolve("archive"))) {
      for (final Path file : files.filter(each -> each.toString().endsWith(".rec")).toList()) {
        terms += raiseProtocol(file);
      }
    }
    assertEquals(1, terms, "the log has a term");
    final Path config = scene.config("c.yaml", onCrashed());
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  /** Frames that are whole come after it, so it is not what a write that was cut short leaves. */
  private static void damagedWithin(FaultScene scene) throws Exception {
    final Path crashed = crash(scene);
    try (Stream<Path> files = Files.list(crashed.resolve("archive"))) {
      for (final Path file : files.filter(each -> each.toString().endsWith(".rec")).toList()) {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
          log.seek(DataHeaderFlyweight.HEADER_LENGTH + 1);
          final int value = log.read();
          log.seek(DataHeaderFlyweight.HEADER_LENGTH + 1);
          log.write(value ^ 1);
        }
      }
    }
    final String[] lines = onCrashed();
    lines[lines.length - 1] += "\n  leaderWaitSeconds: 1";
    final Path config = scene.config("c.yaml", lines);
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  /** A directory of that name with a file system of its own, which is small. */
  private static Path smallDisk(FaultScene scene, String name) throws Exception {
    final Path data = Files.createDirectories(scene.directory.resolve(name));
    Prerequisite.require(
        Prerequisite.runs(
            "mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", data.toString()),
        "a small disk can't be mounted here: root is needed");
    scene.closing(() -> Prerequisite.runs("umount", data.toString()));
    return data;
  }

  /** Takes all the room that there is; returns what takes it. */
  private static Path fill(Path data) throws Exception {
    final Path filler = data.resolve("filler");
    assertFalse(
        Prerequisite.runs("dd", "if=/dev/zero", "of=" + filler, "bs=4k"), "there is room for ever");
    return filler;
  }

  private static void diskFull(FaultScene scene) throws Exception {
    final Path data = smallDisk(scene, "data");
    scene.authority("authority");
    final Node node = scene.start(scene.config("n.yaml", single()));
    final Path filler = fill(data);
    final Path residents = scene.residents(9_000);
    for (int i = 0; i < 100 && node.resources().log().status().role() != LogRole.FAILED; i++) {
      load(scene, node, residents);
    }
    assertEquals(3, load(scene, node, residents));
    Files.delete(filler);
    Patience.await("it goes on by itself", () -> node.resources().log().status().isWriting());
    assertEquals(0, load(scene, node, residents));
    assertEquals(1, node.resources().log().recoveries());
  }

  private static int load(FaultScene scene, Node node, Path residents) {
    return scene.run(
        "load",
        residents.toString(),
        "--url",
        FaultScene.url(node),
        "--authority-keys",
        scene.directory.resolve("authority").toString(),
        "--no-progress");
  }

  private static void auditDiskFull(FaultScene scene) throws Exception {
    final Path disk = smallDisk(scene, "audit");
    makeSecret(scene);
    scene.issuer("keys", 10);
    final Node node =
        scene.start(
            scene.config(
                "n.yaml",
                "subjectSecretFile: secrets/subject.secret",
                "signingKeyDirectory: keys",
                "trustDirectory: keys",
                "translation: {auditFile: audit/audit.jsonl}"));
    final Path filler = fill(disk);
    assertEquals(3, translate(scene, node));
    Files.delete(filler);
    assertEquals(1, translate(scene, node), "what can't be read is refused again");
  }

  private static void auditFileMoved(FaultScene scene) throws Exception {
    makeSecret(scene);
    scene.issuer("keys", 10);
    final Node node =
        scene.start(
            scene.config(
                "n.yaml",
                "subjectSecretFile: secrets/subject.secret",
                "signingKeyDirectory: keys",
                "trustDirectory: keys",
                "translation: {auditFile: audit/audit.jsonl}"));
    assertEquals(1, translate(scene, node));
    final Path file = scene.directory.resolve("audit/audit.jsonl");
    Files.move(file, scene.directory.resolve("moved"));
    assertEquals(1, translate(scene, node), "what can't be read is refused again");
    assertTrue(Files.exists(file));
  }

  private static int translate(FaultScene scene, Node node) {
    return scene.run("translate", "--url", FaultScene.url(node), "--target", "GD", "MO1:BB8");
  }

  private static void trustListAtFault(FaultScene scene) throws Exception {
    scene.issuer("keys", 10);
    scene.start(scene.config("n.yaml", "trustDirectory: keys", "reloadSeconds: 1"));
    Files.writeString(
        scene.directory.resolve("keys/other.pem"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    Patience.await("it is told", () -> scene.hasPrinted("Left out of the trust list"));
  }

  private static void tlsFileAtFaultLater(FaultScene scene) throws Exception {
    makeTls(scene);
    scene.start(scene.config("n.yaml", tls(), "reloadSeconds: 1"));
    Files.writeString(scene.directory.resolve("tls/server.cert.pem"), "nonsense");
    Patience.await("it is told", () -> scene.hasPrinted("Left out of the TLS certificate"));
  }

  private static void rulesetAtFault(FaultScene scene) throws Exception {
    final Path rules = Files.createDirectories(scene.directory.resolve("rules"));
    final Path metro = rules.resolve("metro.yaml");
    Files.writeString(metro, "name: metro\nversion: 1\nallowedColours: [green]\n");
    scene.start(scene.config("n.yaml", "rulesetDirectory: rules", "reloadSeconds: 1"));
    Files.writeString(metro, "name: metro\nversion: 2\nallowedColours: [blue]\n");
    Patience.await("it is told", () -> scene.hasPrinted("stays as it was"));
  }

  private static void deviceFileAtFault(FaultScene scene) throws Exception {
    final Path devices = scene.directory.resolve("devices");
    assertEquals(
        0,
        scene.run(
            "device",
            "enrol",
            "gate-1",
            "--file",
            devices.toString(),
            "--out",
            scene.directory.resolve("gate-1.credential").toString()));
    scene.start(scene.config("n.yaml", "deviceFile: devices"));
    Files.writeString(devices, "nonsense\n");
    Patience.await("it is told", () -> scene.hasPrinted("stays as it was"));
  }

  private static void noKeyOfRegion(FaultScene scene) throws Exception {
    Files.createDirectories(scene.directory.resolve("signing"));
    final Path config = scene.config("n.yaml", "signingKeyDirectory: signing");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void keyNotTrusted(FaultScene scene) throws Exception {
    scene.issuer("signing", 10);
    scene.issuer("keys", 10);
    final Path config =
        scene.config("n.yaml", "signingKeyDirectory: signing", "trustDirectory: keys");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void keyTrustedNoMore(FaultScene scene) throws Exception {
    final SigningKey key = scene.issuer("keys", 10);
    LiveFiles.copy(scene.directory.resolve("keys"), scene.directory.resolve("signing"));
    final Node node =
        scene.start(
            scene.config(
                "n.yaml",
                "signingKeyDirectory: signing",
                "trustDirectory: keys",
                "reloadSeconds: 1"));
    Files.delete(scene.directory.resolve("keys/GD1/gd-" + key.issuerKey().kidHex() + ".cert.pem"));
    Patience.await("it is told", () -> scene.hasPrinted("No code is minted"));
    assertEquals(503, scene.post(node, "/v1/codes", "{\"subject\":\"" + "0".repeat(31) + "1\"}"));
  }

  private static void noOffset(FaultScene scene) throws Exception {
    scene.authority("authority");
    final Node node = scene.start(scene.config("n.yaml", "authorityDirectory: authority"));
    final Path residents = scene.residents(0);
    Files.writeString(
        residents,
        "0".repeat(31) + "1,green,negative,2026-11-24T19:39:58,1,,\n",
        StandardOpenOption.APPEND);
    assertEquals(1, load(scene, node, residents));
  }

  private static void revokedAtFault(FaultScene scene) throws Exception {
    scene.authority("authority");
    final Path list =
        Files.writeString(
            scene.directory.resolve("own.json"), "{\"revoked\":[{\"signed\":\"x\"}]}");
    assertEquals(
        1,
        scene.run(
            "revocations",
            "import",
            "--url",
            "http://127.0.0.1:1",
            "--authority-keys",
            scene.directory.resolve("authority").toString(),
            "--format",
            "denylist",
            "--from",
            list.toString()));
  }

  private static void noSigningKey(FaultScene scene) throws Exception {
    scene.issuer("keys", -1);
    final Node node = scene.start(scene.config("n.yaml", "signingKeyDirectory: keys"));
    assertEquals(503, scene.post(node, "/v1/codes", "{\"subject\":\"" + "0".repeat(31) + "1\"}"));
  }

  private static void mintingDown(FaultScene scene) throws Exception {
    final int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    scene.start(
        scene.config(
            "n.yaml",
            "minting: {switchAfterSeconds: 1, nodes: ['http://127.0.0.1:" + port + "']}"));
    Patience.await("the log says so", () -> scene.hasPrinted("Minting is degraded"));
  }

  private static void ringFull(FaultScene scene) throws Exception {
    final Node node = scene.start(scene.config("n.yaml"));
    final List<Long> claimed = new ArrayList<>();
    for (int i = 0; i < node.pipeline().capacity(); i++) {
      claimed.add(node.pipeline().claim());
    }
    assertEquals(
        503, scene.post(node, "/v1/scans", "{\"checkpoint\":\"metro\",\"code\":\"GD1:X\"}"));
    for (final long sequence : claimed) {
      node.pipeline().scan(sequence).length(0).ruleset(null).listener(null);
      node.pipeline().publish(sequence);
    }
  }

  private static void mapFull(FaultScene scene) throws Exception {
    scene.authority("authority");
    final Node node = scene.start(scene.config("n.yaml", "authorityDirectory: authority"));
    assertEquals(1, load(scene, node, scene.residents(11_000)));
  }

  private static void clockWrong(FaultScene scene) throws Exception {
    final SigningKey unused = scene.issuer("keys", 10);
    assertFalse(unused.issuerKey().kidHex().isEmpty());
    final String keys = scene.directory.resolve("keys").toString();
    scene.run("issue", "--keys", keys, "--format", "GD1", "--subject", "0".repeat(31) + "1");
    final String code =
        scene.printed().stream().filter(line -> line.startsWith("GD1:")).findFirst().orElse("");
    scene.run("verify", "--trust", keys, "--at", Instant.now().minusSeconds(60).toString(), code);
  }

  private static void unreachable(FaultScene scene) throws Exception {
    final int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertEquals(3, scene.run("status", "--url", "http://127.0.0.1:" + port));
  }

  private static Path member(FaultScene scene, int basePort, int id, int count) throws Exception {
    return scene.config(
        "member-" + id + ".yaml",
        "role: member",
        "dataDirectory: member-" + id,
        "authorityDirectory: authority",
        "replication:\n  secretFile: secret\n  memberId: " + id,
        members(basePort, count));
  }

  private static Path replica(FaultScene scene, int basePort, String secret) throws Exception {
    SecretFile.write(scene.directory.resolve(secret), "a secret of 16 bytes, " + secret);
    return scene.config(
        "replica.yaml",
        "role: replica",
        // Many more than there are: most of the map's file is a hole.
        "maxSubjects: 300000",
        "dataDirectory: replica",
        "authorityDirectory: authority",
        "replication:\n  secretFile: " + secret,
        members(basePort, 1));
  }

  private static void makeMember(FaultScene scene, int basePort) throws Exception {
    scene.authority("authority");
    SecretFile.write(scene.directory.resolve("secret"), "a secret of 16 bytes, secret");
    scene.start(member(scene, basePort, 0, 1));
  }

  private static void stopMember(FaultScene scene) throws Exception {
    makeMember(scene, FreePorts.inARow(MemberAddress.PORTS));
    scene.stop(scene.first());
  }

  private static void directoryOfAnother(FaultScene scene) throws Exception {
    stopMember(scene);
    final Path config = scene.config("n.yaml", "dataDirectory: member-0");
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  private static void loadIntoMember(FaultScene scene) throws Exception {
    stopMember(scene);
    assertEquals(
        1,
        scene.run(
            "load",
            scene.residents(1).toString(),
            "--data",
            scene.directory.resolve("member-0").toString(),
            "--no-progress"));
  }

  private static String history(Node node) {
    return node.resources().log().status().history();
  }

  private static void restoredUnderReplica(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MemberAddress.PORTS + 2);
    makeMember(scene, basePort);
    final Node member = scene.first();
    Patience.await("a history begins", () -> !history(member).isEmpty());
    final String backup = scene.directory.resolve("backup").toString();
    final String config = scene.directory.resolve("member-0.yaml").toString();
    final String port = Integer.toString(basePort + MemberAddress.PORTS);
    assertEquals(
        0, scene.run("cluster", "backup", "--config", config, "--to", backup, "--port", port));
    final Node replica = scene.start(replica(scene, basePort, "secret"));
    assertEquals(0, load(scene, member, scene.residents(10)));
    Patience.await(
        "the replica has more",
        () -> isAt(replica, member) && history(replica).equals(history(member)));
    scene.stop(member);
    final Path data = scene.directory.resolve("member-0");
    Files.move(data, scene.directory.resolve("before"));
    assertEquals(0, scene.run("cluster", "restore", "--from", backup, "--data", data.toString()));
    final Node restored = scene.start(member(scene, basePort, 0, 1));
    Patience.await(
        "the replica has the member's state",
        () -> history(replica).equals(history(restored)) && isAt(replica, restored));
  }

  /** The history of the third is made to be another, as where the first two were restored. */
  private static void memberNotRestored(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS);
    final List<Node> nodes = startMembers(scene, basePort);
    final Node third = nodes.get(2);
    Patience.await("a history begins", () -> !history(third).isEmpty());
    final String history = history(third);
    scene.stop(third);
    Files.writeString(scene.directory.resolve("member-2/history"), "0".repeat(31) + "1\n");
    final Node again = scene.start(member(scene, basePort, 2, MEMBERS));
    Patience.await("it has the others' history", () -> history(again).equals(history));
  }

  private static void memberForked(FaultScene scene) throws Exception {
    final List<Node> nodes = startMembers(scene, FreePorts.inARow(MEMBERS * MemberAddress.PORTS));
    final Node[] forked = new Node[1];
    Patience.await(
        "one follows",
        () -> {
          for (final Node node : nodes) {
            if (node.resources().log().status().role() == LogRole.FOLLOWER) {
              forked[0] = node;
            }
          }
          return forked[0] != null;
        });
    // Nothing else changes its state meanwhile, which is for one thread.
    Patience.await(
        "the history has begun", () -> nodes.stream().noneMatch(node -> history(node).isEmpty()));
    final DirectBuffer own = CommandBatches.encode(99, 1, 10_000, List.of(FaultScene.green(1)));
    ((ClusterNode) forked[0].resources().log()).state().apply(own, 0, own.capacity());
    Patience.await("it is well again", () -> scene.hasPrinted("and answers again"));
  }

  private static void memberAhead(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MEMBERS * MemberAddress.PORTS);
    scene.authority("authority");
    SecretFile.write(scene.directory.resolve("secret"), "a secret of 16 bytes, secret");
    try (MemberAhead ahead = new MemberAhead(scene, member(scene, basePort, 0, MEMBERS))) {
      final List<Node> first = startMembers(scene, basePort, 1);
      assertEquals(0, load(scene, first.get(0), scene.residents(100)));
      ahead.awaitVersionOf(first.get(0));
      first.forEach(scene::stop);
      for (int id = 1; id < MEMBERS; id++) {
        LiveFiles.copy(memberDirectory(scene, id), scene.directory.resolve("earlier-" + id));
      }
      final List<Node> second = startMembers(scene, basePort, 1);
      assertEquals(0, load(scene, second.get(0), scene.residents(200)));
      ahead.awaitVersionOf(second.get(0));
      second.forEach(scene::stop);
      ahead.signal("-STOP");
      for (int id = 1; id < MEMBERS; id++) {
        IoUtil.delete(memberDirectory(scene, id).toFile(), false);
        Files.move(scene.directory.resolve("earlier-" + id), memberDirectory(scene, id));
      }
      // Once more, so that their term is later than its own.
      startMembers(scene, basePort, 1).forEach(scene::stop);
      final List<Node> later = startMembers(scene, basePort, 1);
      assertEquals(0, load(scene, later.get(0), scene.residents(50)));
      ahead.signal("-CONT");
      ahead.awaitSaid("and answers again");
      ahead.awaitVersionOf(later.get(0));
    }
  }

  private static Path memberDirectory(FaultScene scene, int id) {
    return scene.directory.resolve("member-" + id);
  }

  private static void changeToReplica(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MemberAddress.PORTS);
    makeMember(scene, basePort);
    final Node replica = scene.start(replica(scene, basePort, "secret"));
    assertEquals(3, load(scene, replica, scene.residents(1)));
  }

  /** It follows on, for its map's file has its room; what can't be written is the map's stamp. */
  private static void replicaDiskFull(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MemberAddress.PORTS);
    makeMember(scene, basePort);
    final Path data = smallDisk(scene, "replica");
    final Node replica = scene.start(replica(scene, basePort, "secret"));
    final Path filler = fill(data);
    final Node member = scene.first();
    assertEquals(0, load(scene, member, scene.residents(9_000)));
    Patience.await("the replica follows on", () -> isAt(replica, member));
    scene.stop(replica);
    Files.delete(filler);
    final Node again = scene.start(replica(scene, basePort, "secret"));
    Patience.await("it has all", () -> isAt(again, member));
  }

  private static boolean isAt(Node replica, Node member) {
    return replica.resources().statusMap().version() == member.resources().statusMap().version()
        && replica.resources().statusMap().digest() == member.resources().statusMap().digest();
  }

  /** A node that does not come to serve: it is given up when it has said what is to be seen. */
  private static void startUntil(FaultScene scene, Path config, String said) throws Exception {
    final CompletableFuture<Node> started = new CompletableFuture<>();
    final Thread starting =
        new Thread(
            () -> {
              try {
                started.complete(Node.start(NodeConfig.read(config)));
              } catch (Exception e) {
                started.completeExceptionally(e);
              }
            },
            "starting");
    starting.start();
    Patience.await(said, () -> scene.hasPrinted(said));
    starting.interrupt();
    starting.join();
    try {
      started.get().close();
    } catch (ExecutionException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("interrupted"), e::toString);
    }
  }

  private static void replicaAlone(FaultScene scene) throws Exception {
    scene.authority("authority");
    startUntil(
        scene,
        replica(scene, FreePorts.inARow(MemberAddress.PORTS), "secret"),
        "Member 0's feed is left");
  }

  private static void wrongSecret(FaultScene scene) throws Exception {
    final int basePort = FreePorts.inARow(MemberAddress.PORTS);
    makeMember(scene, basePort);
    startUntil(scene, replica(scene, basePort, "other"), "did not seal are dropped");
  }

  private static void memberAlone(FaultScene scene) throws Exception {
    scene.authority("authority");
    SecretFile.write(scene.directory.resolve("secret"), "a secret of 16 bytes, secret");
    startUntil(
        scene,
        member(scene, FreePorts.inARow(MEMBERS * MemberAddress.PORTS), 0, MEMBERS),
        "Waiting for a leader");
  }

  private static void nobodyLeadsInTime(FaultScene scene) throws Exception {
    scene.authority("authority");
    SecretFile.write(scene.directory.resolve("secret"), "a secret of 16 bytes, secret");
    final Path config =
        scene.config(
            "member-0.yaml",
            "role: member",
            "dataDirectory: member-0",
            "authorityDirectory: authority",
            "replication:\n  secretFile: secret\n  leaderWaitSeconds: 1\n  memberId: 0",
            members(FreePorts.inARow(MEMBERS * MemberAddress.PORTS), MEMBERS));
    assertEquals(3, scene.run("serve", "--config", config.toString()));
  }

  /** Three members, started at once; an authority is made where there is none yet. */
  private static List<Node> startMembers(FaultScene scene, int basePort) throws Exception {
    Files.createDirectories(scene.directory.resolve("authority"));
    SecretFile.write(scene.directory.resolve("secret"), "a secret of 16 bytes, secret");
    return startMembers(scene, basePort, 0);
  }

  private static List<Node> startMembers(FaultScene scene, int basePort, int first)
      throws Exception {
    final List<CompletableFuture<Node>> starting = new ArrayList<>();
    for (int id = first; id < MEMBERS; id++) {
      final Path config = member(scene, basePort, id, MEMBERS);
      starting.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return scene.start(config);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> new Thread(task, "start").start()));
    }
    final List<Node> nodes = new ArrayList<>();
    for (final CompletableFuture<Node> each : starting) {
      nodes.add(each.get(Patience.SECONDS, TimeUnit.SECONDS));
    }
    return nodes;
  }

  private static void noLeader(FaultScene scene) throws Exception {
    final SigningKey authority = scene.authority("authority");
    final List<Node> nodes = startMembers(scene, FreePorts.inARow(MEMBERS * MemberAddress.PORTS));
    scene.stop(nodes.get(1));
    scene.stop(nodes.get(2));
    final Node left = nodes.get(0);
    Patience.await(
        "nobody leads", () -> left.resources().log().status().role() == LogRole.CANDIDATE);
    scene.run("status", "--url", FaultScene.url(left));
    final HttpResponse<String> refusal =
        new AuthorityClient(URI.create(FaultScene.url(left)), authority)
            .put("/v1/subjects/" + "0".repeat(31) + "1/status", "{\"colour\":\"red\"}");
    assertEquals(503, refusal.statusCode(), refusal.body());
    assertTrue(refusal.body().contains("\"/problems/no-leader\""), refusal.body());
  }
}
