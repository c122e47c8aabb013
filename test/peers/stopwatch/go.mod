module sealwright.dev/test/peers/stopwatch

go 1.26.0
