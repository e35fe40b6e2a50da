// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "module/core/config_edits.h"
#include "module/host/webconfig_element.h"

namespace zoo::module {

/// What stands in <configuration> or <location>.
void read_sections(const XmlElement& parent, SectionEdits& edits, ConfigProblems& problems);

/// <heliconZooServer> and <heliconZoo>.
void read_zoo_server(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems);
void read_zoo_applications(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems);

/// <rewrite>
void read_rewrite(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems);

/// <system.applicationHost>
void read_topology(const XmlElement& section, Topology& topology, ConfigProblems& problems);

}  // namespace zoo::module
