// Gives a program of `make wasm` the environment of its Node, for CMOCKA_MESSAGE_OUTPUT.
Module.preRun = () => Object.assign(ENV, process.env);
