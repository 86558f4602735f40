// A comparison as a page: what becomes of the mail over each transport, in three charts side by
// side, and below them what it costs, three charts again. Laid out like a sequence diagram: a scene
// of plain shapes, painted by the exporters.
#pragma once

#include "sim/compare/summary.hpp"
#include "sim/core/language.hpp"
#include "viz/diagram/measure.hpp"
#include "viz/diagram/scene.hpp"

namespace postack::comparison {

/// Equal results give an equal scene. The catalog gives the language.
diagram::Scene page(const compare::Results& results, const core::Catalog& catalog,
                    const diagram::TextMeasure& measure);

}  // namespace postack::comparison
