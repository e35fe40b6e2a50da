// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/graph_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "feedgen/base/xml_writer.h"
#include "feedgen/feed/graph_layout.h"
#include "feedgen/feed/graph_names.h"

namespace zoo::feed {
namespace {

using catalog::Graph;
using catalog::GraphEdge;
using catalog::GraphNode;

constexpr std::size_t kMaxTitle = 40;  ///< Code points of a title in a box; the whole is in its tooltip.
constexpr std::size_t kMaxDetail = 24;
constexpr double kTitleSize = 13;
constexpr double kDetailSize = 12;
constexpr double kPadding = 12;
constexpr double kProductHeight = 44;
constexpr double kPlainHeight = 30;  ///< A product without second line.
constexpr BoxSize kGroupSize = {56, 24};

/// Colours of a light page; each text has 4.5:1 and each line 3:1 on the fill and on white. The page's variables
/// win where CSS is understood.
struct Paint {
  std::string_view variable;
  std::string_view fallback;
};
constexpr Paint kInk = {"--graph-ink", "#1d2420"};
constexpr Paint kSoft = {"--soft", "#55605a"};
constexpr Paint kLine = {"--graph-line", "#6b766f"};
constexpr Paint kFill = {"--graph-fill", "#ffffff"};
constexpr Paint kAccent = {"--accent", "#11633f"};

constexpr std::string_view kStandaloneStyle =
    "svg{--graph-page:#faf9f5;--graph-ink:#1d2420;--soft:#55605a;--graph-line:#6b766f;--graph-fill:#ffffff;"
    "--accent:#11633f}"
    "@media (prefers-color-scheme:dark){svg{--graph-page:#121614;--graph-ink:#e6ebe7;--soft:#a6b2ab;"
    "--graph-line:#8b978f;--graph-fill:#1a201d;--accent:#86d3a8}}";

/// The widths of common letters in thousandths of the font size, rounded up from those of sans-serif system fonts.
double letter_width(char32_t letter) {
  if (letter >= 0x1100) return 1.0;  // CJK and symbols; narrow ones only leave more room
  if (letter >= 0x80) return 0.66;
  constexpr std::string_view kNarrow = "iljtfrI.,:;'|!()[] -";
  constexpr std::string_view kWide = "mwMW@%";
  const char c = static_cast<char>(letter);
  if (kNarrow.find(c) != std::string_view::npos) return 0.36;
  if (kWide.find(c) != std::string_view::npos) return 0.95;
  return c >= 'A' && c <= 'Z' ? 0.71 : 0.6;
}

double text_width(std::string_view text, double size) {
  double width = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;
    width += letter_width(byte < 0x80U ? byte : byte < 0xE1U ? 0x80 : 0x1100);
  }
  return width * size;
}

/// What a box says.
struct Label {
  std::string title;
  std::string detail;
};

Label label_of(const GraphNode& node) {
  return {shortened(node_title(node), kMaxTitle), shortened(node_detail(node), kMaxDetail)};
}

bool is_group(const GraphNode& node) {
  return node.kind == GraphNode::Kind::kOneOf || node.kind == GraphNode::Kind::kAllOf;
}

BoxSize size_of(const GraphNode& node, const Label& label) {
  if (is_group(node)) return kGroupSize;
  const double text = std::max(text_width(label.title, kTitleSize), text_width(label.detail, kDetailSize));
  return {std::ceil(text + 2 * kPadding), label.detail.empty() ? kPlainHeight : kProductHeight};
}

std::string paint(std::string_view property, const Paint& paint) {
  return fmt::format(" {0}=\"{2}\" style=\"{0}:var({1},{2})\"", property, paint.variable, paint.fallback);
}

std::string paint_both(const Paint& fill, const Paint& stroke) {
  return fmt::format(" fill=\"{1}\" stroke=\"{3}\" style=\"fill:var({0},{1});stroke:var({2},{3})\"", fill.variable,
                     fill.fallback, stroke.variable, stroke.fallback);
}

std::string escaped(std::string_view text, bool attribute = false) {
  std::string out;
  append_escaped(out, text, attribute);
  return out;
}

class Writer {
 public:
  Writer(const Graph& graph, const GraphSvgOptions& options) : graph_(graph), options_(options) {
    std::vector<BoxSize> sizes;
    for (const GraphNode& node : graph.nodes) {
      labels_.push_back(label_of(node));
      sizes.push_back(feed::size_of(node, labels_.back()));
    }
    layout_ = lay_out(graph, sizes);
    sizes_ = std::move(sizes);
  }

  std::string write() {
    open();
    write_lines();
    out_ += fmt::format("<g text-anchor=\"middle\" font-size=\"{}\"{}>\n", kTitleSize, paint("fill", kInk));
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) write_node(i);
    out_ += "</g>\n</svg>\n";
    return std::move(out_);
  }

 private:
  void open() {
    const BoxSize size = layout_.size;
    if (options_.standalone) out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    // Links within an image have no role of their own, so a picture with links is a group.
    const std::string prefix = escaped(options_.id_prefix, true);
    out_ += fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"{2}\" "
        "aria-labelledby=\"{3}-title\" aria-describedby=\"{3}-desc\" "
        "font-family=\"system-ui,'Segoe UI','Liberation Sans',Arial,sans-serif\">\n",
        size.width, size.height, options_.link ? "group" : "img", prefix);
    out_ += fmt::format("<title id=\"{}-title\">{}</title>\n", prefix, escaped(title()));
    out_ += fmt::format("<desc id=\"{}-desc\">{}</desc>\n", prefix, escaped(graph_sentences(graph_)));
    if (!options_.standalone) return;
    out_ += fmt::format("<style>{}</style>\n", kStandaloneStyle);
    out_ += fmt::format("<rect width=\"{}\" height=\"{}\"{}/>\n", size.width, size.height,
                        paint("fill", {"--graph-page", "#faf9f5"}));
  }

  std::string title() const {
    if (!options_.title.empty()) return options_.title;
    std::string names;
    std::size_t roots = 0;
    for (const GraphNode& node : graph_.nodes) {
      if (!node.root) continue;
      if (++roots <= 3) names += (names.empty() ? "" : ", ") + node_title(node);
    }
    if (roots == 0) return "What the products need";
    if (roots > 3) names += fmt::format(" and {} more", roots - 3);
    return fmt::format("What {} need{}", names, roots == 1 ? "s" : "");
  }

  void write_lines() {
    out_ += fmt::format("<g fill=\"none\" stroke=\"{1}\" stroke-width=\"1.25\" style=\"stroke:var({0},{1})\">\n",
                        kLine.variable, kLine.fallback);
    for (const GraphSegment& segment : layout_.segments) write_line(segment);
    out_ += fmt::format("</g>\n<g{}>\n", paint("fill", kLine));
    std::vector<Point> tips;
    for (const GraphSegment& segment : layout_.segments)
      if (segment.arrives) tips.push_back(segment.to);
    const auto key = [](const Point& p) { return std::pair(p.x, p.y); };
    std::sort(tips.begin(), tips.end(), [&](const Point& a, const Point& b) { return key(a) < key(b); });
    const auto same = [&](const Point& a, const Point& b) { return key(a) == key(b); };
    tips.erase(std::unique(tips.begin(), tips.end(), same), tips.end());
    for (const Point& tip : tips) out_ += fmt::format("<path d=\"M{} {}l-7 -4v8z\"/>\n", tip.x, tip.y);
    out_ += "</g>\n";
  }

  void write_line(const GraphSegment& segment) {
    std::string look;
    if (segment.alternative)
      look = segment.preferred ? " stroke-dasharray=\"7 3\" stroke-width=\"2\"" : " stroke-dasharray=\"4 4\"";
    if (segment.back) look = " stroke-dasharray=\"1 3\" stroke-width=\"2\"";
    out_ += fmt::format("<path d=\"{}\"{}/>\n", curve(segment), look);
  }

  static std::string curve(const GraphSegment& segment) {
    const Point& from = segment.from;
    const Point& to = segment.to;
    const double end = segment.arrives ? to.x - 6 : to.x;  // the tip covers the rest
    if (from.y == to.y && from.x < end) return fmt::format("M{} {}H{}", from.x, from.y, end);
    const double bend = std::round(std::max(18.0, std::abs(end - segment.leave_x) / 2));
    std::string path = fmt::format("M{} {}", from.x, from.y);
    if (segment.leave_x > from.x) path += fmt::format("H{}", segment.leave_x);
    return path + fmt::format("C{} {} {} {} {} {}", segment.leave_x + bend, from.y, end - bend, to.y, end, to.y);
  }

  void write_node(std::size_t i) {
    const GraphNode& node = graph_.nodes[i];
    std::string link;
    if (options_.link && node.product != nullptr) link = options_.link(*node.product);
    if (!is_safe_link(link)) link.clear();
    out_ += link.empty() ? "<g>" : fmt::format("<a href=\"{}\">", escaped(link, true));
    if (!is_group(node)) out_ += fmt::format("<title>{}</title>", escaped(tooltip(node)));
    out_ += box(i);
    const double x = layout_.corners[i].x + sizes_[i].width / 2;
    const double y = layout_.corners[i].y + sizes_[i].height / 2;
    if (is_group(node)) {
      out_ += text(x, y + 4, labels_[i].title, fmt::format(" font-size=\"{}\"", kDetailSize));
    } else if (labels_[i].detail.empty()) {
      out_ += text(x, y + 4.5, labels_[i].title, node.root ? " font-weight=\"600\"" : "");
    } else {
      out_ += text(x, y - 3, labels_[i].title, node.root ? " font-weight=\"600\"" : "");
      out_ += text(x, y + 13, labels_[i].detail, fmt::format(" font-size=\"{}\"{}", kDetailSize, paint("fill", kSoft)));
    }
    out_ += link.empty() ? "</g>\n" : "</a>\n";
  }

  static std::string tooltip(const GraphNode& node) {
    const std::string title = node_title(node);
    const std::string detail = node_detail(node);
    return detail.empty() ? title : title + " " + detail;
  }

  std::string box(std::size_t i) const {
    const GraphNode& node = graph_.nodes[i];
    const Point corner = layout_.corners[i];
    const double radius = is_group(node) ? sizes_[i].height / 2 : 8;
    std::string look = node.root ? " stroke-width=\"2\"" : "";
    if (node.kind == GraphNode::Kind::kUnknown) look = " stroke-dasharray=\"3 3\"";
    return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"{}{}/>", corner.x, corner.y,
                       sizes_[i].width, sizes_[i].height, radius, look, paint_both(kFill, node.root ? kAccent : kLine));
  }

  static std::string text(double x, double y, std::string_view words, std::string_view look) {
    return fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>", x, y, look, escaped(words));
  }

  const Graph& graph_;
  const GraphSvgOptions& options_;
  std::vector<Label> labels_;
  std::vector<BoxSize> sizes_;
  GraphLayout layout_;
  std::string out_;
};

/// The graph in words; groups are told where they are needed.
class Sentences {
 public:
  Sentences(const Graph& graph, std::size_t limit) : graph_(graph), limit_(limit), starts_(graph.nodes.size() + 1, 0) {
    for (const GraphEdge& edge : graph.edges) ++starts_[edge.from + 1];
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  }

  std::string write() {
    for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node) {
      if (is_group(graph_.nodes[node]) || starts_[node] == starts_[node + 1]) continue;
      if (full()) return out_ + " And so on.";
      out_ += (out_.empty() ? "" : " ") + node_title(graph_.nodes[node]) + " needs ";
      write_members(node, " and ", 0);
      out_ += '.';
    }
    return std::move(out_);
  }

 private:
  bool full() const { return out_.size() >= limit_; }

  void write_members(std::uint32_t node, std::string_view last_word, int depth) {
    for (std::size_t e = starts_[node]; e < starts_[node + 1]; ++e) {
      if (e != starts_[node]) out_ += e + 1 == starts_[node + 1] ? last_word : ", ";
      if (full()) {
        out_ += "more";
        return;
      }
      write_member(graph_.edges[e].to, depth);
    }
  }

  void write_member(std::uint32_t node, int depth) {
    constexpr int kMaxDepth = 16;
    const GraphNode& member = graph_.nodes[node];
    if (!is_group(member)) {
      out_ += node_title(member);
    } else if (depth == kMaxDepth) {
      out_ += "more";
    } else if (member.kind == GraphNode::Kind::kAllOf) {
      out_ += "all of (";
      write_members(node, " and ", depth + 1);
      out_ += ')';
    } else {
      out_ += "one of (";
      write_members(node, " or ", depth + 1);
      out_ += ", the first is preferred)";
    }
  }

  const Graph& graph_;
  std::size_t limit_;
  std::vector<std::size_t> starts_;
  std::string out_;
};

}  // namespace

std::string graph_svg(const Graph& graph, const GraphSvgOptions& options) {
  return Writer(graph, options).write();
}

std::string graph_sentences(const Graph& graph, std::size_t limit) {
  return Sentences(graph, limit).write();
}

}  // namespace zoo::feed
