package render

import (
	"maps"
	"slices"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// functions are Sprig's, without those that tell of the machine and its network.
var functions = func() template.FuncMap {
	functions := sprig.GenericFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	delete(functions, "getHostByName")
	return functions
}()

// FunctionNames are those that templates have beside text/template's own, sorted.
func FunctionNames() []string {
	return slices.Sorted(maps.Keys(functions))
}
