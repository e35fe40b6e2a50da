// SPDX-License-Identifier: Apache-2.0
#include "packager/deploy/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "feedgen/catalog/product.h"
#include "packager/package/rules.h"

namespace zoo::deploy {
namespace {

using package::Parameter;
using package::Parameters;

constexpr std::size_t kMaxValue = 1U << 20U;  ///< Bytes after {Name} is put in; doubling values would not end.

class Resolver {
 public:
  Resolver(const Parameters& parameters, Diagnostics& diagnostics)
      : parameters_(parameters), diagnostics_(diagnostics), raw_(parameters.items.size()) {}

  std::vector<std::string> run(const std::vector<Assignment>& set) {
    for (std::size_t i = 0; i < raw_.size(); ++i) raw_[i] = parameters_.items[i].initial();
    for (const Assignment& a : set) assign(a);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < raw_.size(); ++i) out.push_back(value(i));
    return out;
  }

 private:
  void assign(const Assignment& a) {
    const Parameter* p = parameters_.find(a.first);
    if (p == nullptr) {
      package::report(diagnostics_, "ZP0701", fmt::format("there is no parameter \"{}\"", a.first));
      return;
    }
    raw_[position(p)] = a.second;
  }

  std::size_t position(const Parameter* p) const { return static_cast<std::size_t>(p - parameters_.items.data()); }

  std::string value(std::size_t i) {
    const Parameter& p = parameters_.items[i];
    if (!raw_[i]) {
      package::report(diagnostics_, "ZP0702", fmt::format("\"{}\" has no value", p.name.text), p.pos);
      return {};
    }
    std::vector<std::size_t> path = {i};
    circle_ = false;
    std::string text = expanded(*raw_[i], path);
    if (circle_ || text.size() > kMaxValue) {
      package::report(diagnostics_, "ZP0410", fmt::format("\"{}\" refers to itself", p.name.text), p.pos);
    } else if (const auto problem = package::validation_problem(p, text)) {
      package::report(diagnostics_, "ZP0703", fmt::format("\"{}\": {}", p.name.text, *problem), p.pos);
    }
    return text;
  }

  std::string expanded(const std::string& text, std::vector<std::size_t>& path) {
    std::string out;
    std::size_t copied = 0;
    for (const package::Reference& r : package::references_in(text)) {
      const Parameter* p = parameters_.find(r.name);
      if (p == nullptr || !raw_[position(p)] || out.size() > kMaxValue) continue;
      if (std::find(path.begin(), path.end(), position(p)) != path.end()) {
        circle_ = true;
        continue;
      }
      out += text.substr(copied, r.begin - copied);
      path.push_back(position(p));
      out += expanded(*raw_[position(p)], path);
      path.pop_back();
      copied = r.end;
    }
    return out + text.substr(copied);
  }

  const Parameters& parameters_;
  Diagnostics& diagnostics_;
  std::vector<std::optional<std::string>> raw_;
  bool circle_ = false;
};

}  // namespace

std::vector<std::string> resolve_values(const Parameters& parameters, const std::vector<Assignment>& set,
                                        Diagnostics& diagnostics) {
  return Resolver(parameters, diagnostics).run(set);
}

}  // namespace zoo::deploy
