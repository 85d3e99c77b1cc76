/// What notebooks show: found as .NET Interactive finds it, well-formed, and escaped.
module Adjoint.LibraryTests.NotebookTests

open System
open System.Collections
open System.IO
open System.Reflection
open System.Xml.Linq
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Formats
open Adjoint.Front
open Adjoint.Front.Audits
open Adjoint.Ir

let private access = BindingFlags.Instance ||| BindingFlags.Public

/// A value as a notebook shows it: the attribute, the source and its formatters are met by name alone, as .NET Interactive meets
/// those of a library that does not know it (dotnet/interactive, FormatterTests.FormatterSources).
let private formatted (mimeType: string) (value: obj) =
    let attribute =
        value.GetType().GetCustomAttributes true
        |> Seq.find (fun found -> found.GetType().Name = "TypeFormatterSourceAttribute")

    let read (target: obj) (name: string) =
        target.GetType().GetProperty(name, access).GetValue target

    let source = Activator.CreateInstance(read attribute "FormatterSourceType" :?> Type)

    let formatters =
        source.GetType().GetMethod("CreateTypeFormatters", access).Invoke(source, [||]) :?> IEnumerable

    let formatter =
        formatters
        |> Seq.cast<obj>
        |> Seq.find (fun found -> read found "MimeType" :?> string = mimeType)

    use writer = new StringWriter()
    let format = formatter.GetType().GetMethod("Format", access, [| typeof<obj>; typeof<TextWriter> |])
    Expect.equal (format.Invoke(formatter, [| value; writer |])) true "formatted"
    writer.ToString()

let private page (value: obj) =
    XDocument.Parse(formatted "text/html" value).Root

let private texts (name: string) (page: XElement) =
    page.Descendants(XName.Get name) |> Seq.map _.Value |> List.ofSeq

let private graph = GraphBuilder.Build([ TensorType.Of(DType.F64, 3) ], fun x -> [| x[0].Sum() |])

[<Tests>]
let tests =
    testList
        "notebooks"
        [
            testCase "a matrix is a table" (fun () ->
                let x: Tensor<float> = Tensor.matrix [ [ 1.0; 2.5 ]; [ nan; -0.0 ] ]

                for value in [ box x; box x.Expr; box (Tensor.toNDArray x) ] do
                    let page = page value
                    Expect.equal (texts "code" page) [ "f64[2, 2]" ] "type"
                    Expect.equal (texts "th" page) [ ""; "0"; "1" ] "header"
                    Expect.equal (texts "td" page) [ "0"; "1"; "2.5"; "1"; "NaN"; "-0" ] "elements"

                Expect.equal (formatted "text/plain" x) (x.ToString()) "as text")

            testCase "numbers, vectors, nothing" (fun () ->
                Expect.equal (texts "p" (page (NDArray.Scalar 2.5))) [ "2.5" ] "a number"
                Expect.equal (texts "td" (page (NDArray.Vector [| 1; 2 |]))) [ ""; "1"; "2" ] "a vector"
                Expect.isEmpty (texts "td" (page (NDArray.New(DType.F32, Shape.Of(0, 3))))) "nothing"
                Expect.equal (texts "td" (page (NDArray.Vector [| Complex64(1.0f, -2.0f) |]))) [ ""; "(1, -2)" ] "complex")

            testCase "long axes are shortened, and many matrices" (fun () ->
                let array = NDArray.Of(Shape.Of(2, 3, 9, 9), ReadOnlySpan [| for i in 0..485 -> i |])
                let page = page array
                Expect.equal (texts "p" page) [ "[0, 0, :, :]"; "[0, 1, :, :]"; "[0, 2, :, :]"; "… and 3 more" ] "places"
                let header = texts "th" page
                Expect.equal header[..7] [ ""; "0"; "1"; "2"; "…"; "6"; "7"; "8" ] "columns"
                Expect.hasLength (texts "td" page) (3 * 7 * 8) "cells")

            testCase "a large matrix has a picture" (fun () ->
                let array =
                    NDArray.Of(Shape.Of(100, 20), ReadOnlySpan [| for i in 0..1999 -> if i = 0 then nan else float i |])

                let page = page array

                let colours =
                    page.Descendants()
                    |> Seq.filter (fun found -> found.Name.LocalName = "rect")
                    |> Seq.map _.Attribute("fill").Value
                    |> List.ofSeq

                Expect.hasLength colours (32 * 20) "cells"
                Expect.equal colours[0] "#d62728" "NaN is red"
                Expect.equal colours[1] "#000000" "the smallest"
                Expect.equal (List.last colours) "#ffffff" "the largest"

                let extremes =
                    NDArray.Of(
                        Shape.Of(12, 12),
                        ReadOnlySpan [| for i in 0..143 -> if i % 2 = 0 then Double.MaxValue else Double.MinValue |]
                    )

                Expect.stringContains (formatted "text/html" extremes) "#ffffff" "no overflow"
                Expect.stringContains (formatted "text/html" (NDArray.New(DType.Bool, Shape.Of(12, 12)))) "#808080" "all equal")

            testCase "what is pending runs, what is traced is told" (fun () ->
                let x: Tensor<float> = Tensor.vector [ 1.0 ] + Tensor.vector [ 2.0 ]
                Expect.equal (texts "td" (page x)) [ ""; "3" ] "pending"
                let mutable shown = ""

                compile
                    (fun (x: Tensor<float>) ->
                        shown <- formatted "text/html" x
                        x)
                    x
                |> ignore

                Expect.equal shown "<pre>f64[1] (traced)</pre>" "traced")

            testCase "a structure is a table of its leaves, and every text is escaped" (fun () ->
                let model =
                    Map
                        [
                            "<script>alert('&')</script>", Tensor.vector [ 1.0; nan; 2.0; 6.0 ]
                            "a\000b", Tensor.scalar 0.5
                        ]

                let view = Notebook.show model
                let page = page view
                Expect.equal (texts "code" page) [ "2 tensors, 5 elements" ] "size"
                let cells = texts "td" page
                Expect.equal cells[..5] [ "[<script>alert('&')</script>]"; "f64[4]"; "1"; "3"; "6"; "1" ] "a leaf"
                Expect.stringContains cells[6] "a\uFFFDb" "control characters are replaced"
                Expect.isFalse ((string view).Contains "<script>") "escaped"
                let empty = Notebook.show (Tensor.zeros<float> [ 0 ], Tensor.scalar Numerics.Complex.One)

                Expect.equal
                    (texts "td" (XDocument.Parse(string empty).Root))
                    [ "Item1"; "f64[0]"; ""; ""; ""; ""; "Item2"; "c128[]"; ""; ""; ""; "" ]
                    "no numbers")

            testCase "graphs, explanations, programs and tables" (fun () ->
                Expect.equal (page graph).Value (graph.ToString()) "a graph"
                let explanation = Explanation graph
                Expect.equal (page explanation).Value explanation.Text "an explanation"
                Expect.stringContains (page (SavedProgram graph)).Value "reduce_sum" "a program"
                let table = Csv.Read(new StringReader "<b>,y\n1,2\n")
                Expect.equal (texts "th" (page table)) [ "<b>"; "y" ] "names"
                Expect.equal (texts "td" (page table)) [ "1"; "2" ] "numbers")
        ]
