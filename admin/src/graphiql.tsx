// GraphiQL, whole from packages: editor, workers and fonts come from this origin.
// It asks /graphql by POST, and opens with a query that has an answer.

import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './graphiql.css';

import { createGraphiQLFetcher, StorageAPI } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

import themePage from './theme-page.graphql?raw';

const fetcher = createGraphiQLFetcher({ url: '/graphql', enableIncrementalDelivery: false });

const firstVisit = {
  initialQuery: themePage,
  initialVariables: JSON.stringify({ slug: 'intra-und-interkommunale-kooperationen' }, null, 2),
};
// Who comes back finds what they wrote.
const wasHere = new StorageAPI().get('tabState') !== null;

const place = document.getElementById('graphiql');
if (place) {
  createRoot(place).render(
    <GraphiQL fetcher={fetcher} {...(wasHere ? {} : firstVisit)}>
      <GraphiQL.Logo>
        <h1>Koffer</h1>
      </GraphiQL.Logo>
    </GraphiQL>,
  );
}
