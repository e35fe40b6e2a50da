// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "feedgen/base/files.h"
#include "feedgen/catalog/graph.h"
#include "feedgen/cli/commands.h"
#include "feedgen/cli/load.h"
#include "feedgen/feed/graph_dot.h"
#include "feedgen/feed/graph_mermaid.h"
#include "feedgen/feed/graph_svg.h"

namespace zoo::cli {
namespace {

struct GraphCommand {
  std::string feed;
  std::vector<std::string> ids;
  std::string output;
  std::string dist = "dist";
  bool full = false;
};

std::string draw(const catalog::Graph& graph, const std::string& format) {
  if (format == "dot") return feed::graph_dot(graph);
  if (format == "mermaid") return feed::graph_mermaid(graph);
  if (format == "svg" || format == "json") {
    feed::GraphSvgOptions options;
    options.standalone = true;
    return feed::graph_svg(graph, options);
  }
  return feed::graph_sentences(graph, std::string::npos);
}

ExitCode run_graph(const GraphCommand& options, Console& console) {
  SourceSet sources;
  Diagnostics diagnostics;
  const Result<std::optional<catalog::Catalog>> feed = load_catalog(options.feed, options.dist, sources, diagnostics);
  if (!feed) return console.fail(feed.error());
  if (!*feed || diagnostics.has_errors()) {
    console.show(diagnostics, sources);
    return console.finish(ExitCode::kFindings);
  }
  const Result<catalog::Graph> graph = catalog::make_graph(**feed, {options.ids, !options.full});
  if (!graph) return console.fail(graph.error());
  const std::string text = draw(*graph, console.options.format);
  if (console.json()) {
    console.set_text("svg", text);
  } else if (options.output.empty()) {
    console.print(text);
  } else if (const Result<void> done = write_file(options.output, text); !done) {
    return console.fail(done.error());
  }
  return console.finish(ExitCode::kOk);
}

}  // namespace

Run add_graph(CLI::App& program, Console& console) {
  auto options = std::make_shared<GraphCommand>();
  CLI::App* command = program.add_subcommand("graph", "Draw what the products of a feed need");
  command->add_option("FEED", options->feed, "A WebPI feed, or a feed definition")->required()->type_name("");
  command->add_option("ID", options->ids, "Only these products and what they need")->type_name("");
  command->add_option("-o,--output", options->output, "File to write instead of standard output")->type_name("FILE");
  command->add_flag("--full", options->full, "Keep edges that follow from others");
  command->add_option("--dist", options->dist, "With a feed definition: where built files lie")
      ->type_name("DIR")
      ->capture_default_str();
  command->footer("Formats: svg, dot, mermaid, text (sentences), json (the SVG in an object).");
  return [options, &console] { return run_graph(*options, console); };
}

}  // namespace zoo::cli
