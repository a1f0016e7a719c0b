package gongbei.verifier.http.guard;

import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds operations and pages by method and path. For any thread, once every route is added. */
public final class RouteTable {
  private static final Pattern PARAMETER = Pattern.compile("\\{[a-z]+\\}");
  private static final String ANY_PARAMETER = "([^/]{1,64})";

  /** The one parameter that may hold slashes, at a path's end. */
  private static final String REST = "{rest}";

  private static final String ANY_REST = "(.{1,96})";

  private final PageSource pages;
  private final Map<String, Map<String, Route>> routes = new LinkedHashMap<>();
  private final List<Template> templates = new ArrayList<>();

  /** What is there for people: no operations, and nobody's role is asked. */
  public interface PageSource {
    /** Whether a page has this path. */
    boolean has(String path);

    /** Answers with the page at a path that has one; throws a {@link Problem} by other methods. */
    Response answer(Request request);
  }

  /**
   * A path with a parameter.
   *
   * @param path as it stands in the document
   */
  private record Template(Pattern pattern, String path) {}

  public RouteTable(PageSource pages) {
    this.pages = pages;
  }

  /** Adds an operation. */
  public RouteTable add(Route route) {
    if (route.path().contains("{") && !routes.containsKey(route.path())) {
      templates.add(
          new Template(
              Pattern.compile(
                  PARAMETER
                      .matcher(route.path().replace(REST, ANY_REST))
                      .replaceAll(ANY_PARAMETER)),
              route.path()));
    }
    routes.computeIfAbsent(route.path(), any -> new LinkedHashMap<>()).put(route.method(), route);
    return this;
  }

  /** The operations, as in {@code POST /v1/scans}. */
  public Set<String> operations() {
    return routes.values().stream()
        .flatMap(methods -> methods.values().stream())
        .map(Route::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Finds what is at a path; throws a {@link Problem} where nothing is, or not by that method. */
  Target find(String method, String path) {
    if (pages.has(path)) {
      return Target.NONE;
    }
    Map<String, Route> methods = routes.get(path);
    String parameter = "";
    for (int i = 0; methods == null && i < templates.size(); i++) {
      final Matcher matcher = templates.get(i).pattern().matcher(path);
      if (matcher.matches()) {
        methods = routes.get(templates.get(i).path());
        parameter = matcher.group(1);
      }
    }
    if (methods == null) {
      throw Problem.of(404, "not-found", "there is no resource at " + printable(path));
    }
    final Route route = methods.get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw wrongMethod(methods.keySet());
    }
    return parameter.isEmpty() ? route.target() : route.to(parameter);
  }

  /** Answers with the page of a request that was found to be for one. */
  Response page(Request request) {
    return pages.answer(request);
  }

  private static Problem wrongMethod(Set<String> methods) {
    final List<String> allowed = new ArrayList<>(methods);
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    final String list = String.join(", ", allowed);
    return Problem.of(405, "method-not-allowed", "this path takes " + list + " only")
        .with("Allow", list);
  }

  private static String printable(String path) {
    final String start = path.length() > 100 ? path.substring(0, 100) : path;
    return start.replaceAll("[^\\x21-\\x7e]", "?");
  }
}
