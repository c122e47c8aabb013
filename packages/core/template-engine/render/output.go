package render

import (
	"bytes"
	"errors"
)

var errOutputLimit = errors.New("output limit")

// output takes what a template writes, up to a limit.
type output struct {
	buffer bytes.Buffer
	// limit is in bytes.
	limit int
}

func (o *output) Write(data []byte) (int, error) {
	if o.buffer.Len()+len(data) > o.limit {
		return 0, errOutputLimit
	}
	return o.buffer.Write(data)
}
