/// The protocol of GradBench (gradbench/gradbench): one JSON message a line comes in, one answer a line with the message's id goes out. The
/// message's kind is one of these:
///
/// - start: the answer names this tool.
/// - define: whether there is a module of this name.
/// - evaluate: the output of a module's function of an input, and how long it took. Input may ask for more than one run: `min_runs`, at
///   least so many, and `min_seconds`, until they took so long together. Each run is one timing called evaluate. What is done once for all
///   of them, reading the input and compiling, is one called prepare.
/// - analysis: what the eval thought of an answer; it is taken note of.
module Adjoint.Examples.GradBench.Protocol

open System
open System.Diagnostics
open System.IO
open System.Text
open System.Text.Json

/// The modules by their names, each with its functions by their names.
let modules: Map<string, Map<string, Function>> =
    Map
        [
            "ba", Map Ba.functions
            "det", Map Det.functions
            "gmm", Map Gmm.functions
            "hello", Map Hello.functions
            "ht", Map Ht.functions
            "kmeans", Map KMeans.functions
            "llsq", Map Llsq.functions
            "lse", Map Lse.functions
            "lstm", Map Lstm.functions
            "ode", Map Ode.functions
            "particle", Map Particle.functions
            "saddle", Map Saddle.functions
        ]

/// A message that can't be understood.
exception private BadMessage of reason: string

let private text (name: string) (message: JsonElement) =
    match message.TryGetProperty name with
    | true, value when value.ValueKind = JsonValueKind.String -> value.GetString()
    | _ -> raise (BadMessage $"the message has no text in its field '{name}'")

let private find kind name (table: Map<string, 'V>) =
    match Map.tryFind name table with
    | Some found -> Ok found
    | None ->
        let known = String.concat ", " table.Keys
        Error $"there is no {kind} '{name}' here, but {known}"

let private nanoseconds start =
    int64 (Stopwatch.GetElapsedTime start).TotalNanoseconds

/// How many runs, and how many seconds of them, an input asks for.
let private wanted (input: JsonElement) =
    let ask (name: string) otherwise =
        match input.ValueKind = JsonValueKind.Object && fst (input.TryGetProperty name) with
        | true ->
            let asked = Input.number name input

            if Double.IsFinite asked then
                asked
            else
                raise (BadInput $"{name} is {asked}, which no run reaches")
        | false -> otherwise

    ask "min_runs" 1.0, ask "min_seconds" 0.0

/// Runs a function as often as its input asks. Gives the output of the last run, and timings by their names.
let evaluate (f: Function) (input: JsonElement) =
    let runs, seconds = wanted input
    let start = Stopwatch.GetTimestamp()
    let run = f input
    // The first run of a kind of input compiles.
    let mutable result = run ()
    let timings = ResizeArray [ "prepare", nanoseconds start ]
    let mutable spent = 0L

    let mutable count = 0

    while count = 0 || float count < runs || float spent < 1e9 * seconds do
        let start = Stopwatch.GetTimestamp()
        result <- run ()
        let time = nanoseconds start
        timings.Add("evaluate", time)
        spent <- spent + time
        count <- count + 1

    result (), timings

let private failed (writer: Utf8JsonWriter) (reason: string) =
    writer.WriteBoolean("success", false)
    writer.WriteString("error", reason)

let private answerDefine writer message =
    match find "module" (text "module" message) modules with
    | Ok _ -> (writer: Utf8JsonWriter).WriteBoolean("success", true)
    | Error reason -> failed writer reason

let private writeTimings (writer: Utf8JsonWriter) timings =
    writer.WriteStartArray "timings"

    for name: string, time: int64 in timings do
        writer.WriteStartObject()
        writer.WriteString("name", name)
        writer.WriteNumber("nanoseconds", time)
        writer.WriteEndObject()

    writer.WriteEndArray()

let private answerEvaluate (writer: Utf8JsonWriter) (message: JsonElement) =
    let chosen =
        find "module" (text "module" message) modules
        |> Result.bind (find "function" (text "function" message))

    match chosen with
    | Error reason -> failed writer reason
    | Ok f ->
        try
            let output, timings = evaluate f (Input.field "input" message)
            writer.WriteBoolean("success", true)
            writer.WritePropertyName "output"
            Output.write writer output
            writeTimings writer timings
        with error ->
            failed writer error.Message

let private body writer message =
    match text "kind" message with
    | "start" -> (writer: Utf8JsonWriter).WriteString("tool", "adjoint")
    | "define" -> answerDefine writer message
    | "evaluate" -> answerEvaluate writer message
    | "analysis" -> ()
    | kind -> failed writer $"there is no kind of message '{kind}', but start, define, evaluate and analysis"

let private answerMessage (writer: Utf8JsonWriter) (message: JsonElement) =
    writer.WriteStartObject()
    writer.WritePropertyName "id"

    match message.ValueKind = JsonValueKind.Object && fst (message.TryGetProperty "id") with
    | true -> (message.GetProperty "id").WriteTo writer
    | false -> writer.WriteNullValue()

    try
        if message.ValueKind <> JsonValueKind.Object then
            raise (BadMessage $"the message is {message.ValueKind}, not an object")

        body writer message
    with BadMessage reason ->
        failed writer reason

    writer.WriteEndObject()

let private written (write: Utf8JsonWriter -> unit) =
    use stream = new MemoryStream()

    using (new Utf8JsonWriter(stream)) write
    Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, int stream.Length))

let private refused reason =
    written (fun writer ->
        writer.WriteStartObject()
        writer.WriteNull "id"
        failed writer reason
        writer.WriteEndObject())

/// The answer to one line. One that is no JSON, or holds what is no text, is answered with the id null, and why.
let answer (line: string) =
    try
        use message = JsonDocument.Parse line
        written (fun writer -> answerMessage writer message.RootElement)
    with
    | :? JsonException as error -> refused $"the line is not JSON: {error.Message}"
    | :? InvalidOperationException as error -> refused $"the message cannot be read: {error.Message}"

/// Answers lines until there are no more; blank ones are no messages.
let serve (input: TextReader) (output: TextWriter) =
    let mutable line = input.ReadLine()

    while not (isNull line) do
        if not (String.IsNullOrWhiteSpace line) then
            output.WriteLine(answer line)
            output.Flush()

        line <- input.ReadLine()
