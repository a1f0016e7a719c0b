package gongbei.verifier.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gongbei.codec.file.YamlFault;
import gongbei.codec.trust.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads a YAML file of settings; a fault names the file, the setting and what is wrong with it. */
final class ConfigFile {
  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  private ConfigFile() {}

  /** The settings of a file, or null where there are none in it. */
  static <T> T read(Path file, Class<T> settings) throws ConfigException {
    try {
      if (Files.size(file) > Limits.MAX_CONFIG_BYTES) {
        throw new ConfigException(file + " is longer than " + Limits.MAX_CONFIG_BYTES + " bytes");
      }
      // What is no YAML is said first, whatever setting stands before the fault.
      return YAML.treeToValue(YAML.readTree(Files.readAllBytes(file)), settings);
    } catch (UnrecognizedPropertyException e) {
      throw new ConfigException(file + ": " + pathOf(e) + " is not a setting");
    } catch (ValueInstantiationException e) {
      final String within = e.getPath().isEmpty() ? "" : pathOf(e) + ".";
      throw new ConfigException(file + ": " + within + e.getCause().getMessage());
    } catch (InvalidFormatException e) {
      throw new ConfigException(file + ": " + pathOf(e) + " " + explain(e));
    } catch (JsonMappingException e) {
      throw new ConfigException(file + ": " + pathOf(e) + " " + explain(e));
    } catch (JsonProcessingException e) {
      throw new ConfigException(file + " is not YAML: " + YamlFault.inOneLine(e));
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
  }

  private static String explain(InvalidFormatException e) {
    if (!e.getTargetType().isEnum()) {
      return wrongKind(e.getTargetType());
    }
    return Arrays.stream(e.getTargetType().getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", ", "is not one of ", ""));
  }

  private static String wrongKind(Class<?> wanted) {
    if (wanted == int.class
        || wanted == long.class
        || wanted == Integer.class
        || wanted == Long.class) {
      return "is not a whole number";
    }
    return wanted == boolean.class || wanted == Boolean.class
        ? "is neither true nor false"
        : "has a value of the wrong kind";
  }

  private static String explain(JsonMappingException e) {
    if (e.getCause() instanceof InvalidPathException path) {
      return "is '" + path.getInput() + "', which " + FileFault.reasonOf(path);
    }
    return e.getCause() instanceof IllegalArgumentException fault
        ? fault.getMessage()
        : wrongKind(e instanceof MismatchedInputException wrong ? wrong.getTargetType() : null);
  }

  private static String pathOf(JsonMappingException e) {
    final String path =
        e.getPath().stream()
            .map(JsonMappingException.Reference::getFieldName)
            .collect(Collectors.joining("."));
    return path.isEmpty() ? "the file" : path;
  }
}
