namespace Adjoint.Nn

open Adjoint
open Adjoint.Front

// Gates lie side by side in the last axis of the weights, in PyTorch's order and composition; its matrices are the transposes of these.
// Sequences are [time, batch, inputs], states [batch, hidden].

/// A plain recurrent layer. Input : [inputs, hidden]; State : [hidden, hidden]; Bias : [hidden].
type Rnn<'T when 'T: struct> =
    {
        Input: Tensor<'T>
        State: Tensor<'T>
        Bias: Tensor<'T>
    }

/// A long short-term memory; gates i, f, g, o. Input : [inputs, 4 hidden]; State : [hidden, 4 hidden]; Bias : [4 hidden].
type Lstm<'T when 'T: struct> =
    {
        Input: Tensor<'T>
        State: Tensor<'T>
        Bias: Tensor<'T>
    }

/// Gated recurrent units; gates r, z, n. Input : [inputs, 3 hidden]; State : [hidden, 3 hidden]; Bias, StateBias : [3 hidden].
type Gru<'T when 'T: struct> =
    {
        Input: Tensor<'T>
        State: Tensor<'T>
        Bias: Tensor<'T>
        StateBias: Tensor<'T>
    }

/// h' = tanh(x W + h U + b).
[<RequireQualifiedAccess>]
module Rnn =

    /// Weights evenly within 1 / sqrt(hidden) of 0, biases 0.
    let init (inputs: int) (hidden: int) (key: Tensor<uint32>) : Rnn<'T> =
        let weights = Init.uniform (1.0 / sqrt (float hidden))

        {
            Input = weights [ inputs; hidden ] (Random.foldIn 0 key)
            State = weights [ hidden; hidden ] (Random.foldIn 1 key)
            Bias = Tensor.zeros [ hidden ]
        }

    /// A state of zeros for a batch.
    let start (batch: int) (layer: Rnn<'T>) : Tensor<'T> =
        Tensor.zeros [ batch; layer.State.Shape[0] ]

    /// The next state: h : [batch, hidden], x : [batch, inputs].
    let cell (layer: Rnn<'T>) (h: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.RnnCell(x.Expr, h.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr))

    /// The last state and all of them, [time, batch, hidden], of sequences [time, batch, inputs].
    let apply (layer: Rnn<'T>) (h: Tensor<'T>) (xs: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
        let struct (states, last) = Nn.Rnn(xs.Expr, h.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr)

        Tensor.ofExpr last, Tensor.ofExpr states

/// c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c') (Hochreiter and Schmidhuber 1997; Gers et al. 2000).
[<RequireQualifiedAccess>]
module Lstm =

    /// Weights evenly within 1 / sqrt(hidden) of 0; biases 0, but 1 of the gates that keep (Jozefowicz et al. 2015).
    let init (inputs: int) (hidden: int) (key: Tensor<uint32>) : Lstm<'T> =
        let weights = Init.uniform (1.0 / sqrt (float hidden))
        let zeros = Tensor.zeros [ hidden ]

        {
            Input = weights [ inputs; 4 * hidden ] (Random.foldIn 0 key)
            State = weights [ hidden; 4 * hidden ] (Random.foldIn 1 key)
            Bias = Tensor.concat 0 [ zeros; Tensor.ones [ hidden ]; zeros; zeros ]
        }

    /// States h and c of zeros for a batch.
    let start (batch: int) (layer: Lstm<'T>) : Tensor<'T> * Tensor<'T> =
        let zeros = Tensor.zeros [ batch; layer.State.Shape[0] ]
        zeros, zeros

    /// The next h and c: both [batch, hidden], x : [batch, inputs].
    let cell (layer: Lstm<'T>) (h: Tensor<'T>, c: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
        let struct (h, c) =
            Nn.LstmCell(x.Expr, h.Expr, c.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr)

        Tensor.ofExpr h, Tensor.ofExpr c

    /// The last h and c, and all h, [time, batch, hidden], of sequences [time, batch, inputs].
    let apply (layer: Lstm<'T>) (h: Tensor<'T>, c: Tensor<'T>) (xs: Tensor<'T>) : (Tensor<'T> * Tensor<'T>) * Tensor<'T> =
        let struct (states, h, c) =
            Nn.Lstm(xs.Expr, h.Expr, c.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr)

        (Tensor.ofExpr h, Tensor.ofExpr c), Tensor.ofExpr states

/// h' = (1 - sigmoid(z)) tanh(n + sigmoid(r) n') + sigmoid(z) h (Cho et al. 2014, in the form of PyTorch and of Keras's reset_after).
[<RequireQualifiedAccess>]
module Gru =

    /// Weights evenly within 1 / sqrt(hidden) of 0, biases 0.
    let init (inputs: int) (hidden: int) (key: Tensor<uint32>) : Gru<'T> =
        let weights = Init.uniform (1.0 / sqrt (float hidden))

        {
            Input = weights [ inputs; 3 * hidden ] (Random.foldIn 0 key)
            State = weights [ hidden; 3 * hidden ] (Random.foldIn 1 key)
            Bias = Tensor.zeros [ 3 * hidden ]
            StateBias = Tensor.zeros [ 3 * hidden ]
        }

    /// A state of zeros for a batch.
    let start (batch: int) (layer: Gru<'T>) : Tensor<'T> =
        Tensor.zeros [ batch; layer.State.Shape[0] ]

    /// The next state: h : [batch, hidden], x : [batch, inputs].
    let cell (layer: Gru<'T>) (h: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.GruCell(x.Expr, h.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr, layer.StateBias.Expr))

    /// The last state and all of them, [time, batch, hidden], of sequences [time, batch, inputs].
    let apply (layer: Gru<'T>) (h: Tensor<'T>) (xs: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
        let struct (states, last) =
            Nn.Gru(xs.Expr, h.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr, layer.StateBias.Expr)

        Tensor.ofExpr last, Tensor.ofExpr states
