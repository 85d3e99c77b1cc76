/// Writing files: whole or not at all.
module Adjoint.LibraryTests.WritingTests

open System
open System.Collections.Generic
open System.IO
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Formats
open Adjoint.LibraryTests.FileChecks

let private one = NDArray.Vector [| 1.0; 2.0 |]
let private other = NDArray.Vector [| 3.0; 4.0 |]

/// The names of all files in a folder, hidden ones too.
let private filesIn (folder: string) =
    Directory.GetFiles folder |> Array.map Path.GetFileName |> Array.sort

[<Tests>]
let tests =
    testList
        "files writing"
        [
            testCase "a file that can't be written leaves the old one, and nothing beside it" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.npz")
                    Npz.Save(path, [ KeyValuePair("x", one) ])

                    let failing =
                        seq {
                            KeyValuePair("x", other)
                            failwith "no more"
                        }

                    Expect.throws (fun () -> Npz.Save(path, failing)) "the sequence fails"
                    Expect.throws (fun () -> Npz.Save(Path.Combine(folder, "new.npz"), failing)) "the sequence fails"
                    sameArray one ((Npz.Load path).["x"]) "the old file"
                    Expect.sequenceEqual (filesIn folder) [ "x.npz" ] "nothing else"))

            testCase "a stop while writing leaves the old file" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.npy")
                    Npy.Save(path, one)
                    Checks.refuses<OperationCanceledException> [] (fun () -> Npy.Save(path, other, CancellationToken true))
                    sameArray one (Npy.Load path) "the old file"
                    Expect.sequenceEqual (filesIn folder) [ "x.npy" ] "nothing else"))

            testCase "many writers of one file: whoever reads meets one of them, whole" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.npy")
                    let arrays = [| for i in 1..8 -> NDArray.Vector(Array.create 20_000 (float i)) |]
                    Npy.Save(path, arrays[0])
                    let work = [| for i in 0..39 -> i |]

                    work
                    |> Array.Parallel.iter (fun i ->
                        if i % 2 = 0 then
                            Npy.Save(path, arrays[i % 8])
                        else
                            let found = (Npy.Load path).ToArray<float>()
                            Expect.isTrue (found |> Array.forall ((=) found[0])) "of one writer")

                    Expect.sequenceEqual (filesIn folder) [ "x.npy" ] "nothing else"))

            testCase "a file keeps its permissions, and a link stays a link" (fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "modes and links are of Unix."

                inFolder (fun folder ->
                    let path, link = Path.Combine(folder, "x.npy"), Path.Combine(folder, "link.npy")
                    Npy.Save(path, one)
                    let mode = UnixFileMode.UserRead ||| UnixFileMode.UserWrite ||| UnixFileMode.GroupRead
                    File.SetUnixFileMode(path, mode)
                    File.CreateSymbolicLink(link, "x.npy") |> ignore
                    Npy.Save(link, other)
                    sameArray other (Npy.Load path) "the file behind the link"
                    Expect.equal (FileInfo(link).LinkTarget) "x.npy" "still a link"
                    Expect.equal (File.GetUnixFileMode path) mode "mode"))

            testCase "a folder that isn't there, and a folder in the file's place" (fun () ->
                inFolder (fun folder ->
                    Checks.refuses<DirectoryNotFoundException> [] (fun () -> Npy.Save(Path.Combine(folder, "none", "x.npy"), one))
                    let taken = Path.Combine(folder, "taken.npy")
                    Directory.CreateDirectory taken |> ignore
                    Expect.throws (fun () -> Npy.Save(taken, one)) "a folder is there"
                    Expect.isEmpty (filesIn folder) "nothing else"))
        ]
