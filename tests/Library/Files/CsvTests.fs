/// Tables as text, after RFC 4180.
module Adjoint.LibraryTests.CsvTests

open System
open System.Globalization
open System.IO

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Formats
open Adjoint.LibraryTests.FileChecks

let private readWith (options: CsvOptions) (text: string) =
    Csv.Read(new StringReader(text), options)

let private read (text: string) = readWith CsvOptions.Default text

let private write (array: NDArray) names =
    use text = new StringWriter()
    Csv.Write(text, array, (if List.isEmpty names then null else Array.ofList names))
    text.ToString()

let private holds (shape: int list) (expected: float list) (table: CsvTable) message =
    Expect.equal (table.Values.Describe()) (NDArray.New(DType.F64, Shape.Of(Array.ofList shape)).Describe()) message

    (expected, table.Values.ToDoubles())
    ||> Seq.iteri2 (fun i x y -> Checks.near 0.0 x y $"{message}, {i}")

/// The rows of a text, as texts.
let private rows (text: string) =
    atPath (fun path ->
        File.WriteAllText(path, text)
        [ for row in Csv.Rows path -> List.ofSeq row ])

let private reading =
    testList
        "reading"
        [
            testCase "numbers under a header" (fun () ->
                let table = read "x,y\n1,2.5\n-3e2, 4 \n"
                Expect.sequenceEqual table.Names [ "x"; "y" ] "names"
                holds [ 2; 2 ] [ 1.0; 2.5; -300.0; 4.0 ] table "numbers"
                sameArray (NDArray.Vector [| 2.5; 4.0 |]) (table.Column "y") "a column"
                Checks.refuses<StructureException> [ "no column z"; "x, y" ] (fun () -> table.Column "z" |> ignore))

            testCase "without a header columns have numbers" (fun () ->
                let table = readWith (CsvOptions(Header = false)) "1,2\n3,4"
                Expect.sequenceEqual table.Names [ "0"; "1" ] "names"
                holds [ 2; 2 ] [ 1.0; 2.0; 3.0; 4.0 ] table "numbers")

            testCase "some columns, in the order that is asked for" (fun () ->
                let text = "name,x,y\n\"a, b\",1,2\nc,3,4\n"
                let table = readWith (CsvOptions(Columns = [| "y"; "x" |])) text
                Expect.sequenceEqual table.Names [ "y"; "x" ] "names"
                holds [ 2; 2 ] [ 2.0; 1.0; 4.0; 3.0 ] table "numbers"
                broken [ "csv: the text, line 1"; "no column z"; "name, x, y" ] (fun () -> readWith (CsvOptions(Columns = [| "z" |])) text)
                broken [ "line 2"; "'a, b' in column name is no f64" ] (fun () -> read text))

            testCase "missing numbers are NaN; infinities" (fun () ->
                let table = read "x,y,z\n,NA,?\nNaN,nan,null\ninf,-Infinity,+INF\n"
                holds [ 3; 3 ] [ nan; nan; nan; nan; nan; nan; infinity; -infinity; infinity ] table "numbers"

                broken [ "line 2"; "column x has no number, and i64 has no NaN" ] (fun () ->
                    readWith (CsvOptions(Type = DType.I64)) "x,y\n,1")

                holds [ 1; 1 ] [ nan ] (readWith (CsvOptions(Missing = [| "-" |])) "x\n-") "said by the user"
                broken [ "'NA'" ] (fun () -> readWith (CsvOptions(Missing = [| "-" |])) "x\nNA"))

            testCase "other separators and dtypes" (fun () ->
                let table = readWith (CsvOptions(Separator = ';', Type = DType.I64)) "x;y\n9223372036854775807;-1\n"
                sameArray (NDArray.Of(Shape.Of(1, 2), ReadOnlySpan [| Int64.MaxValue; -1L |])) table.Values "i64"
                let single = readWith (CsvOptions(Separator = '\t', Type = DType.F32)) "x\ty\n0.1\t1e-45\n"
                sameArray (NDArray.Of(Shape.Of(1, 2), ReadOnlySpan [| 0.1f; Single.Epsilon |])) single.Values "f32"
                broken [ "'1.5' in column x is no i64" ] (fun () -> readWith (CsvOptions(Type = DType.I64)) "x\n1.5")
                Checks.refuses<DTypeException> [ "bool" ] (fun () -> readWith (CsvOptions(Type = DType.Bool)) "x\n1" |> ignore)
                // A comma in a number would be a thousands' mark in one culture and a decimal one in another.
                broken [ "'1,5' in column x" ] (fun () -> readWith (CsvOptions(Separator = ';')) "x;y\n1,5;2"))

            testCase "the same in every culture" (fun () ->
                let before = CultureInfo.CurrentCulture
                let german = CultureInfo.InvariantCulture.Clone() :?> CultureInfo
                german.NumberFormat.NumberDecimalSeparator <- ","
                german.NumberFormat.NumberGroupSeparator <- "."
                german.NumberFormat.NegativeSign <- "~"

                try
                    CultureInfo.CurrentCulture <- german
                    holds [ 1; 1 ] [ -1.5 ] (read "x\n-1.5") "read"
                    Expect.equal (write (NDArray.Vector [| -1.5 |]) []) "-1.5\n" "written"
                finally
                    CultureInfo.CurrentCulture <- before)

            testCase "quotes, lines within them, and ends of lines" (fun () ->
                Expect.equal (rows "a,\"b \"\"c\"\"\r\nd\",\r\n\"\",e\r\n") [ [ "a"; "b \"c\"\r\nd"; "" ]; [ ""; "e" ] ] "RFC 4180"
                Expect.equal (rows "a\rb\nc") [ [ "a" ]; [ "b" ]; [ "c" ] ] "every kind of line"
                Expect.equal (rows "") [] "nothing"
                Expect.equal (rows "\n\n") [ [ "" ]; [ "" ] ] "empty lines"
                Expect.equal (rows "\uFEFFä,日本") [ [ "ä"; "日本" ] ] "a mark of UTF-8"
                holds [ 2; 2 ] [ 1.0; 2.0; 3.0; 4.0 ] (read "\nx,y\n\n1,2\n\n3,4\n\n") "empty lines are skipped"
                holds [ 3; 1 ] [ 1.0; nan; 2.0 ] (read "x\n1\n\n2\n") "but not in one column")

            testCase "no rows, no columns" (fun () ->
                holds [ 0; 2 ] [] (read "x,y\n") "a header alone"
                holds [ 0; 0 ] [] (read "") "nothing")

            testCase "what fits no table" (fun () ->
                broken [ "line 3"; "the row has 1 fields, the first has 2" ] (fun () -> read "x,y\n1,2\n3\n")
                broken [ "line 3"; "the row has 3 fields" ] (fun () -> read "x,y\n1,2\n3,4,5\n")
                broken [ "line 2"; "a quote stands inside" ] (fun () -> read "x\n1\"2\"\n")
                broken [ "line 2"; "'x' stands behind a closing quote" ] (fun () -> read "x\n\"1\"x\n")
                broken [ "line 2"; "never closed" ] (fun () -> read "x\n\"1\n2\n")
                broken [ "line 4"; "'a' in column x" ] (fun () -> read "x,y\n\"1\",\"2\"\n\n\"a\",3")
                broken [ "two columns are named x" ] (fun () -> readWith (CsvOptions(Columns = [| "x" |])) "x,x\n1,2")

                broken [ "more bytes than the reader allows" ] (fun () ->
                    Csv.Read(new StringReader "x\n1\n2\n", null, ReadOptions(MostBytes = 8L)))

                atPath (fun path ->
                    File.WriteAllBytes(path, [| byte 'x'; byte '\n'; 0xFFuy |])
                    broken [ "not UTF-8" ] (fun () -> Csv.Load path)))

            testProperty "whatever the text, the error is one of format" (fun (text: string) ->
                let text = if isNull text then "" else text
                brokenOrNot (fun () -> read text |> ignore) "a text"
                brokenOrNot (fun () -> read ("x,y\n1," + text) |> ignore) "a row")
        ]

let private writing =
    testList
        "writing"
        [
            testCase "a header and the shortest numbers" (fun () ->
                let array = NDArray.Matrix(array2D [ [ 0.1; -0.0 ]; [ nan; infinity ] ])
                Expect.equal (write array [ "x"; "a \"b\", c" ]) "x,\"a \"\"b\"\", c\"\n0.1,-0\nNaN,inf\n" "a text"
                Expect.equal (write (NDArray.Vector [| 0.1f; 1e10f |]) []) "0.1\n1E+10\n" "f32"
                Expect.equal (write (NDArray.Vector [| true; false |]) []) "1\n0\n" "bools"
                Expect.equal (write (NDArray.Vector [| UInt64.MaxValue |]) []) "18446744073709551615\n" "u64")

            testProperty "numbers come back" (fun (numbers: float[]) (columns: byte) ->
                let width = 1 + int columns % 4
                let height = numbers.Length / width
                let array = NDArray.Of(Shape.Of(height, width), ReadOnlySpan(numbers, 0, height * width))
                let back = read (write array [ for i in 1..width -> $"c{i}" ])
                holds [ height; width ] (List.ofArray (array.ToDoubles())) back "the same")

            testCase "what is no table" (fun () ->
                Checks.refuses<ShapeException> [ "f64[]" ] (fun () -> write (NDArray.Scalar 1.0) [] |> ignore)

                Checks.refuses<ShapeException> [ "2 names for 1 columns" ] (fun () ->
                    write (NDArray.Vector [| 1.0 |]) [ "a"; "b" ] |> ignore)

                Checks.refuses<DTypeException> [ "complex" ] (fun () -> write (NDArray.Vector [| Numerics.Complex.One |]) [] |> ignore))

            testCase "tensors" (fun () ->
                atPath (fun path ->
                    let x: Tensor<float> = Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]
                    Files.saveCsv path [ "a"; "b" ] x
                    Expect.equal (File.ReadAllText path) "a,b\n1,2\n3,4\n" "text"
                    let names, back = Files.loadCsv path
                    Expect.equal names [ "a"; "b" ] "names"
                    Checks.holds 0.0 [ 2; 2 ] [ 1.0; 2.0; 3.0; 4.0 ] back "numbers"
                    let column: Tensor<float32> = Files.loadCsvColumns [ "b" ] path
                    Expect.equal (Tensor.toArray column) [| 2.0f; 4.0f |] "a column"
                    Files.saveCsv path [] x
                    Expect.equal (File.ReadAllText path) "1,2\n3,4\n" "without a header"))
        ]

[<Tests>]
let tests = testList "files csv" [ reading; writing ]
