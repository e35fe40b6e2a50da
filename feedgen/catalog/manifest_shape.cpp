// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/manifest_shape.h"

#include <array>

namespace zoo::catalog {
namespace {

constexpr unsigned kMany = ChildShape::kMany;
using A = AttributeShape;
using C = ChildShape;

constexpr ElementShape text_element(std::string_view name) {
  return {name, TextShape::kRequired, {}, {}};
}

constexpr ElementShape kTitle = text_element("title");
constexpr ElementShape kSummary = text_element("summary");
constexpr ElementShape kDescription = text_element("description");
constexpr ElementShape kLink = text_element("link");
constexpr ElementShape kIcon = text_element("icon");
constexpr ElementShape kReleased = text_element("released");
constexpr ElementShape kFamily = text_element("family");
constexpr ElementShape kKeyword = text_element("keyword");
constexpr ElementShape kProductReference = text_element("product");
constexpr ElementShape kLog = text_element("log");
constexpr ElementShape kHidden{"hidden", TextShape::kNone, {}, {}};

constexpr std::array kAuthorAttributes{A{"name", true}, A{"url"}};
constexpr ElementShape kAuthor{"author", TextShape::kNone, kAuthorAttributes, {}};
constexpr std::array kLicenseAttributes{A{"spdx"}};
constexpr ElementShape kLicense{"license", TextShape::kRequired, kLicenseAttributes, {}};
constexpr std::array kKeywordsChildren{C{&kKeyword, 1, kMany}};
constexpr ElementShape kKeywords{"keywords", TextShape::kNone, {}, kKeywordsChildren};

// Trees refer to themselves, so their shapes are declared before they are defined.
extern const ElementShape kDependencyAll;
extern const ElementShape kDependencyAny;
const std::array kDependencyChildren{C{&kProductReference, 0, kMany}, C{&kDependencyAll, 0, kMany},
                                     C{&kDependencyAny, 0, kMany}};
const ElementShape kDependencyAll{"all", TextShape::kNone, {}, kDependencyChildren};
const ElementShape kDependencyAny{"any", TextShape::kNone, {}, kDependencyChildren};
const ElementShape kDependencies{"dependencies", TextShape::kNone, {}, kDependencyChildren};

constexpr std::array kRelatedChildren{C{&kProductReference, 1, kMany}};
constexpr ElementShape kRelated{"related", TextShape::kNone, {}, kRelatedChildren};
constexpr std::array kIncompatibleProductAttributes{A{"id", true}, A{"message", true}};
constexpr ElementShape kIncompatibleProduct{"product", TextShape::kNone, kIncompatibleProductAttributes, {}};
constexpr std::array kIncompatibleChildren{C{&kIncompatibleProduct, 1, kMany}};
constexpr ElementShape kIncompatible{"incompatible", TextShape::kNone, {}, kIncompatibleChildren};

extern const ElementShape kHintAll;
extern const ElementShape kHintAny;
extern const ElementShape kHintNot;
constexpr std::array kRegistryAttributes{A{"key", true},   A{"value"},     A{"equals"},   A{"min-version"},
                                         A{"max-version"}, A{"min-value"}, A{"max-value"}};
constexpr ElementShape kRegistry{"registry", TextShape::kNone, kRegistryAttributes, {}};
constexpr std::array kHintFileAttributes{A{"path", true}, A{"min-version"}};
constexpr ElementShape kHintFile{"file", TextShape::kNone, kHintFileAttributes, {}};
constexpr std::array kHintMsiAttributes{A{"product-code", true}};
constexpr ElementShape kHintMsi{"msi", TextShape::kNone, kHintMsiAttributes, {}};
const std::array kHintChildren{C{&kRegistry, 0, kMany}, C{&kHintFile, 0, kMany}, C{&kHintMsi, 0, kMany},
                               C{&kHintAny, 0, kMany},  C{&kHintAll, 0, kMany},  C{&kHintNot, 0, kMany}};
const ElementShape kHintAll{"all", TextShape::kNone, {}, kHintChildren};
const ElementShape kHintAny{"any", TextShape::kNone, {}, kHintChildren};
const ElementShape kHintNot{"not", TextShape::kNone, {}, kHintChildren};
const ElementShape kDiscovery{"discovery", TextShape::kNone, {}, kHintChildren};

constexpr std::array kOsAttributes{A{"min"}, A{"max"}, A{"types"}};
constexpr ElementShape kOs{"os", TextShape::kNone, kOsAttributes, {}};
constexpr std::array kFileAttributes{A{"url"},    A{"artifact"},  A{"size"},  A{"sha1"},
                                     A{"sha256"}, A{"signature"}, A{"signer"}};
constexpr ElementShape kFile{"file", TextShape::kNone, kFileAttributes, {}};
constexpr std::array kReturnAttributes{A{"code", true}, A{"outcome", true}};
constexpr ElementShape kReturn{"return", TextShape::kOptional, kReturnAttributes, {}};
constexpr std::array kReturns{C{&kReturn, 0, kMany}};
constexpr std::array kRunAttributes{A{"exe", true}, A{"arguments"}, A{"ignore-exit-code"}};
constexpr ElementShape kRun{"run", TextShape::kNone, kRunAttributes, kReturns};
constexpr std::array kMsiAttributes{A{"package", true}, A{"properties"}};
constexpr ElementShape kMsi{"msi", TextShape::kNone, kMsiAttributes, kReturns};
constexpr std::array kMsuAttributes{A{"package", true}};
constexpr ElementShape kMsu{"msu", TextShape::kNone, kMsuAttributes, kReturns};
constexpr std::array kUnzipAttributes{A{"package", true}, A{"to", true}};
constexpr ElementShape kUnzip{"unzip", TextShape::kNone, kUnzipAttributes, {}};
constexpr std::array kIisAttributes{A{"component", true}};
constexpr ElementShape kIis{"iis", TextShape::kNone, kIisAttributes, {}};
constexpr std::array kWebDeployAttributes{A{"start-page"}};
constexpr std::array kScriptAttributes{A{"path", true}, A{"delimiter"}, A{"transacted"}};
constexpr ElementShape kScript{"script", TextShape::kNone, kScriptAttributes, {}};
constexpr std::array kDatabaseAttributes{A{"engine", true}};
constexpr std::array kDatabaseChildren{C{&kScript, 1, kMany}};
constexpr ElementShape kDatabase{"database", TextShape::kNone, kDatabaseAttributes, kDatabaseChildren};
constexpr std::array kWebDeployChildren{C{&kDatabase}};
constexpr ElementShape kWebDeploy{"web-deploy", TextShape::kNone, kWebDeployAttributes, kWebDeployChildren};
constexpr std::array kInstallerAttributes{A{"id", true}, A{"arch"}, A{"language"}, A{"eula"}, A{"help"}};
constexpr std::array kInstallerChildren{C{&kOs, 0, kMany},  C{&kFile},          C{&kRun, 0, kMany},
                                        C{&kMsi, 0, kMany}, C{&kMsu, 0, kMany}, C{&kUnzip, 0, kMany},
                                        C{&kIis},           C{&kWebDeploy},     C{&kLog, 0, kMany}};
constexpr ElementShape kInstaller{"installer", TextShape::kNone, kInstallerAttributes, kInstallerChildren};
constexpr std::array kInstallersChildren{C{&kInstaller, 1, kMany}};
constexpr ElementShape kInstallers{"installers", TextShape::kNone, {}, kInstallersChildren};

constexpr std::array kProductAttributes{A{"id", true}, A{"version"}};
const std::array kProductChildren{C{&kTitle, 1}, C{&kSummary, 1},   C{&kDescription}, C{&kAuthor},
                                  C{&kLink},     C{&kLicense},      C{&kIcon},        C{&kReleased},
                                  C{&kFamily},   C{&kHidden},       C{&kKeywords},    C{&kDependencies},
                                  C{&kRelated},  C{&kIncompatible}, C{&kDiscovery},   C{&kInstallers}};
const ElementShape kProduct{"product", TextShape::kNone, kProductAttributes, kProductChildren};

// ------------------------------------------------------------------------------------------------ feed definition

constexpr ElementShape kEula = text_element("eula");
constexpr std::array kLanguageAttributes{A{"id", true}, A{"name", true}, A{"default"}};
constexpr ElementShape kLanguage{"language", TextShape::kNone, kLanguageAttributes, {}};
constexpr std::array kLanguagesChildren{C{&kLanguage, 1, kMany}};
constexpr ElementShape kLanguages{"languages", TextShape::kNone, {}, kLanguagesChildren};
constexpr std::array kKeywordDefinitionAttributes{A{"id", true}};
constexpr ElementShape kKeywordDefinition{"keyword", TextShape::kRequired, kKeywordDefinitionAttributes, {}};
constexpr std::array kKeywordDefinitions{C{&kKeywordDefinition, 1, kMany}};
constexpr ElementShape kDefinedKeywords{"keywords", TextShape::kNone, {}, kKeywordDefinitions};
constexpr std::array kTabAttributes{A{"id", true}, A{"name", true}};
constexpr std::array kTabChildren{C{&kDescription}, C{&kKeyword, 1, kMany}};
constexpr ElementShape kTab{"tab", TextShape::kNone, kTabAttributes, kTabChildren};
constexpr std::array kTabsChildren{C{&kTab, 1, kMany}};
constexpr ElementShape kTabs{"tabs", TextShape::kNone, {}, kTabsChildren};
constexpr std::array kMirrorAttributes{A{"from", true}, A{"to", true}};
constexpr ElementShape kMirror{"mirror", TextShape::kNone, kMirrorAttributes, {}};
constexpr std::array kSelectedProductAttributes{A{"id", true}};
constexpr std::array kSelectedProductChildren{C{&kTitle}, C{&kSummary}, C{&kEula}, C{&kMirror, 0, kMany},
                                              C{&kKeyword, 0, kMany}};
constexpr ElementShape kSelectedProduct{"product", TextShape::kNone, kSelectedProductAttributes,
                                        kSelectedProductChildren};
constexpr ElementShape kSelectAll{"all", TextShape::kNone, {}, {}};
constexpr std::array kProductsChildren{C{&kSelectedProduct, 0, kMany}, C{&kKeyword, 0, kMany}, C{&kSelectAll}};
constexpr ElementShape kProducts{"products", TextShape::kNone, {}, kProductsChildren};
constexpr std::array kFeedAttributes{A{"id", true}, A{"base-url"}, A{"manifests"}};
constexpr std::array kFeedChildren{C{&kTitle, 1},         C{&kAuthor},          C{&kLink},
                                   C{&kLanguages, 1},     C{&kDefinedKeywords}, C{&kTabs},
                                   C{&kMirror, 0, kMany}, C{&kProducts, 1}};
constexpr ElementShape kFeed{"feed", TextShape::kNone, kFeedAttributes, kFeedChildren};

}  // namespace

const ElementShape& manifest_shape() {
  return kProduct;
}
const ElementShape& definition_shape() {
  return kFeed;
}

}  // namespace zoo::catalog
