package gongbei.verifier.cli.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.file.PrivateFiles;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.protocol.DeviceId;
import gongbei.verifier.tcp.DeviceFile;
import gongbei.verifier.tcp.Enrolment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Enrols scanner devices and takes their credentials back. */
@Command(
    name = "device",
    description =
        "Enrols and revokes scanner devices in the file that a node's deviceFile "
            + "names. A running node picks up changes at once.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class DeviceCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** The file of devices. */
  static final class Devices {
    @Option(
        names = "--file",
        paramLabel = "FILE",
        required = true,
        description = "The file of devices.")
    private Path file;

    DeviceFile open() {
      return new DeviceFile(file);
    }
  }

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "enrol, revoke or list is missing");
  }

  @Command(
      name = "enrol",
      description =
          "Enrols a device and shows its credential once; only its HMAC is stored. "
              + "Give the credential to the device.",
      mixinStandardHelpOptions = true)
  Integer enrol(
      @Parameters(paramLabel = "ID", description = "1 to 64 letters, digits and . _ : / @ -")
          String id,
      @Mixin Devices devices,
      @Option(
              names = "--anew",
              description =
                  "Give an enrolled device a new credential; the old one becomes invalid.")
          boolean anew,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Write the credential there, readable by its owner alone.")
          Path credentialFile,
      @Option(names = "--json", description = "Write JSON.") boolean json) {
    if (!DeviceId.isValid(id)) {
      throw CommandException.usage("ID '" + id + "' " + DeviceId.FAULT);
    }
    if (credentialFile != null && Files.exists(credentialFile)) {
      throw CommandException.usage(credentialFile + " exists, and is not written over");
    }
    final byte[] credential;
    try {
      credential =
          devices
              .open()
              .enrol(id, anew)
              .orElseThrow(() -> CommandException.refused(id + " is enrolled already"));
    } catch (ConfigException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    final String text = HexFormat.of().formatHex(credential);
    if (credentialFile != null) {
      writePrivately(credentialFile, text);
    }
    final PrintWriter out = spec.commandLine().getOut();
    if (json) {
      final var node = JsonNodeFactory.instance.objectNode().put("device", id);
      out.println(
          credentialFile == null
              ? node.put("credential", text)
              : node.put("credentialFile", credentialFile.toString()));
    } else {
      out.println(credentialFile == null ? text : id + " is enrolled; " + credentialFile);
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void writePrivately(Path file, String text) {
    try {
      PrivateFiles.writeNew(file, (text + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (FileAlreadyExistsException e) {
      throw CommandException.usage(file + " exists, and is not written over");
    } catch (IOException e) {
      throw CommandException.unreachable(file + " can't be written; enrol the device --anew");
    }
  }

  @Command(
      name = "revoke",
      description = "Revokes a device's credential. Its connections end at once.",
      mixinStandardHelpOptions = true)
  Integer revoke(
      @Parameters(paramLabel = "ID", description = "The device.") String id,
      @Mixin Devices devices) {
    try {
      if (!devices.open().revoke(id)) {
        throw CommandException.refused(id + " is not enrolled");
      }
    } catch (ConfigException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    spec.commandLine().getOut().println(id + " is revoked");
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }

  @Command(
      name = "list",
      description = "Lists the devices, with the time of enrolment or revocation.",
      mixinStandardHelpOptions = true)
  Integer list(
      @Mixin Devices devices, @Option(names = "--json", description = "Write JSON.") boolean json) {
    final Collection<Enrolment> all;
    try {
      all = devices.open().read().values();
    } catch (ConfigException e) {
      throw CommandException.unreachable(e.getMessage());
    }
    final PrintWriter out = spec.commandLine().getOut();
    if (json) {
      final ArrayNode list = JsonNodeFactory.instance.arrayNode();
      all.forEach(
          each ->
              list.addObject()
                  .put("device", each.deviceId())
                  .put("state", state(each))
                  .put("since", each.since().toString()));
      out.println(list.toPrettyString());
    } else {
      all.forEach(
          each ->
              out.printf(
                  Locale.ROOT, "%-24s %-8s %s%n", each.deviceId(), state(each), each.since()));
    }
    out.flush();
    return ExitCode.OK;
  }

  private static String state(Enrolment enrolment) {
    return enrolment.revoked() ? "revoked" : "enrolled";
  }
}
